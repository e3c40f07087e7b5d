import type { Op } from '../../spec/vocabulary/command.ts';

/**
 * What a case is likely to be made of. No single mixture finds every bug: weights that find one early find another
 * late. So the cases of a run go through a portfolio, case by case.
 */
export interface Strategy {
  readonly name: string;
  /** How often each command is drawn, against the others. */
  readonly weights: { readonly [O in Op]: number };
  /** How many of ten touches go to a page that lives on the device, where there is one. */
  readonly deviceBias: number;
  readonly shortest: number;
  readonly longest: number;
}

const balanced: Strategy['weights'] = {
  spawn: 1,
  fork: 4,
  exit: 1,
  map: 4,
  unmap: 2,
  discard: 2,
  protect: 4,
  load: 7,
  store: 8,
  'migrate-to-device': 14,
  'migrate-to-system': 3,
  'device-load': 3,
  'device-store': 4,
  pin: 2,
  unpin: 2,
  inject: 3,
  heal: 2,
  evict: 2,
  attach: 1,
  detach: 1,
  'swap-on': 0.3,
  inspect: 3,
};

export const BALANCED: Strategy = {
  name: 'balanced',
  weights: balanced,
  deviceBias: 5,
  shortest: 8,
  longest: 40,
};

/** The strategies of a run; each case draws one of them. */
export const PORTFOLIO: readonly Strategy[] = [
  BALANCED,
  {
    name: 'sharing',
    weights: {
      ...balanced,
      fork: 7,
      store: 12,
      'device-store': 8,
      protect: 5,
      exit: 2,
      inject: 0,
      detach: 0.3,
    },
    deviceBias: 5,
    shortest: 8,
    longest: 40,
  },
  {
    name: 'failing',
    weights: {
      ...balanced,
      inject: 9,
      heal: 4,
      load: 10,
      pin: 3,
      fork: 9,
      'migrate-to-system': 5,
      evict: 4,
      detach: 2,
    },
    deviceBias: 6,
    shortest: 8,
    longest: 32,
  },
  {
    name: 'sharing what failed',
    weights: {
      ...balanced,
      fork: 9,
      inject: 14,
      load: 4,
      store: 4,
      pin: 1,
      protect: 1,
      'swap-on': 0,
      detach: 0,
      attach: 0,
      inspect: 1,
      'device-load': 1,
      'device-store': 1,
    },
    deviceBias: 7,
    shortest: 5,
    longest: 20,
  },
  {
    name: 'pinning',
    weights: { ...balanced, pin: 8, unpin: 6, fork: 5, inject: 1, exit: 2 },
    deviceBias: 5,
    shortest: 8,
    longest: 32,
  },
  {
    name: 'churn',
    weights: {
      ...balanced,
      spawn: 4,
      exit: 4,
      map: 8,
      unmap: 7,
      discard: 6,
      inject: 1,
      detach: 2,
      attach: 3,
    },
    deviceBias: 5,
    shortest: 12,
    longest: 60,
  },
  {
    name: 'short',
    weights: { ...balanced, 'swap-on': 1 },
    deviceBias: 5,
    shortest: 3,
    longest: 9,
  },
];

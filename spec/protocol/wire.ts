import { z } from 'zod';
import { ProfileName } from '../profiles/profile.ts';
import { Observe } from '../vocabulary/case.ts';
import { Command } from '../vocabulary/command.ts';
import { DriverEvent } from '../vocabulary/event.ts';
import { Result } from '../vocabulary/result.ts';
import { Scope } from '../vocabulary/scope.ts';

/**
 * Wire protocol v1: one JSON value per line, in both directions. These types have no refinements, because the JSON
 * Schema would silently omit them. Receivers ignore fields that they do not know.
 */
export const PROTOCOL_VERSION = 1;

/** An entry on the wire: a word, or the frame that a device entry names. */
export const WireEntry = z.union([
  z.enum(['unmapped', 'hole', 'present', 'poison', 'exclusive']),
  z.object({ frame: z.int().min(0), write: z.boolean() }),
]);
export type WireEntry = z.infer<typeof WireEntry>;

export const WireFrame = z.object({
  refs: z.int(),
  maps: z.int(),
  least: z.int().optional(),
});
export type WireFrame = z.infer<typeof WireFrame>;

/** A snapshot: each part is present if the target declared the capability to show it. */
export const WireState = z.object({
  /** One row of entries per process slot; null for a process that is not alive. */
  entries: z.array(z.union([z.array(WireEntry), z.null()])).optional(),
  frames: z.array(WireFrame).optional(),
  rss: z.array(z.int()).nullable().optional(),
  charged: z.int().nullable().optional(),
  /** In a world with blocks: one row per process slot, with whether each page is part of a whole entry; null for a process
   * that is not alive. */
  whole: z.array(z.union([z.array(z.boolean()), z.null()])).optional(),
  /** In a world with blocks, for each frame: whether a large folio is on it. */
  large: z.array(z.boolean()).optional(),
});
export type WireState = z.infer<typeof WireState>;

export const WireObservation = z.object({
  result: Result,
  events: z.array(DriverEvent).optional(),
  state: WireState.optional(),
});
export type WireObservation = z.infer<typeof WireObservation>;

/** The first line to a target. */
export const HelloRequest = z.object({ type: z.literal('hello'), protocol: z.int(), suite: z.string() });
export type HelloRequest = z.infer<typeof HelloRequest>;

/** The target's first line. Capabilities are plain strings here: a name that the suite does not know is ignored. */
export const HelloReply = z.object({
  type: z.literal('hello'),
  protocol: z.int(),
  name: z.string(),
  version: z.string().optional(),
  profiles: z.array(z.string()),
  capabilities: z.array(z.string()),
});
export type HelloReply = z.infer<typeof HelloReply>;

/** A whole case in one line. */
export const CaseRequest = z.object({
  type: z.literal('case'),
  id: z.int(),
  profile: ProfileName,
  scope: Scope,
  observe: Observe,
  /** Whether each finished command is reported by a line of its own; only for targets that declare it. */
  progress: z.boolean().optional(),
  commands: z.array(Command),
});
export type CaseRequest = z.infer<typeof CaseRequest>;

/** The reply to a case: one observation per command, in order. */
export const CaseReply = z.object({
  type: z.literal('observations'),
  id: z.int(),
  observations: z.array(WireObservation),
  /** The points of its own code that the case reached: lines, branches or states, numbered by the target. */
  coverage: z.array(z.int().min(0)).optional(),
});
export type CaseReply = z.infer<typeof CaseReply>;

/** Reports that one command of the case is finished. Steps are counted from 0, in the order in which they were sent. */
export const ProgressReply = z.object({ type: z.literal('progress'), id: z.int(), step: z.int() });
export type ProgressReply = z.infer<typeof ProgressReply>;

/** The target could not run the case, with the reason. `id` is null if the target could not read the id of the case. */
export const ErrorReply = z.object({
  type: z.literal('error'),
  id: z.union([z.int(), z.null()]),
  step: z.int().optional(),
  message: z.string(),
});
export type ErrorReply = z.infer<typeof ErrorReply>;

export const Request = z.discriminatedUnion('type', [HelloRequest, CaseRequest]);
export const Reply = z.discriminatedUnion('type', [HelloReply, CaseReply, ProgressReply, ErrorReply]);
export type Reply = z.infer<typeof Reply>;

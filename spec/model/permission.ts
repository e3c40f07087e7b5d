import { FILE, HOST, MAY_READ, MAY_WRITE, NOT_MAPPED, PRIVATE, SHARED } from './state.ts';
import type { MappingKind, Protection } from '../vocabulary/command.ts';

export const mayRead = (mapping: number): boolean => (mapping & MAY_READ) !== 0;
export const mayWrite = (mapping: number): boolean => (mapping & MAY_WRITE) !== 0;
export const isMapped = (mapping: number): boolean => mapping !== NOT_MAPPED;
export const isHost = (mapping: number): boolean => (mapping & HOST) !== 0;
/** Whether the memory is common to all processes that map it and has no objects: host or shared memory. */
export const isCommon = (mapping: number): boolean => (mapping & (HOST | SHARED)) !== 0;
export const isFile = (mapping: number): boolean => (mapping & FILE) !== 0;

const KIND: { readonly [K in MappingKind]: number } = {
  private: PRIVATE,
  host: HOST,
  shared: SHARED,
  file: PRIVATE | FILE,
};

const PROTECTION: { readonly [P in Protection]: number } = {
  none: 0,
  read: MAY_READ,
  write: MAY_READ | MAY_WRITE,
};

/** The code of a mapping; the permission to write includes the permission to read. */
export const mappingCode = (kind: MappingKind, protection: Protection): number =>
  KIND[kind] | PROTECTION[protection];

export const withProtection = (mapping: number, protection: Protection): number =>
  (mapping & ~(MAY_READ | MAY_WRITE)) | PROTECTION[protection];

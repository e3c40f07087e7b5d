/**
 * What the agent carries out and does not declare by itself, because a kernel does otherwise than the rules
 * (reports/linux-6.12/NOTES.md): a run would find it again each time. Declared where somebody asks for it.
 */
export const UNDECLARED = ['groups', 'lock', 'soft-dirty'] as const;
export type Undeclared = (typeof UNDECLARED)[number];

export const isUndeclared = (name: string): name is Undeclared =>
  UNDECLARED.some((undeclared) => undeclared === name);

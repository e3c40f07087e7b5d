/** The chapter of a requirement: its id up to the first dot. */
export const chapterOf = (id: string): string => id.slice(0, id.indexOf('.'));

/** The name of the chapter that an id of a requirement begins with. */
export const chapterOf = (id: string): string => id.slice(0, id.indexOf('.'));

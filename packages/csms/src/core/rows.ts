/** What the database gives for a shape of the API: null where the shape may lack something. */
export type Row<Shape> = {
  readonly [Name in keyof Shape]-?: undefined extends Shape[Name]
    ? Exclude<Shape[Name], undefined> | null
    : Shape[Name];
};

/** A row as the API shows it: absent where the database has null. */
export function shown<Shape extends object>(row: Row<Shape>): Shape {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Shape;
}

/** A piece of SQL whose values are parameters, never text. Made only by `sql`, `sqlId` and `sqlJoin`. */
export class Sql {
  constructor(
    readonly text: string,
    readonly values: readonly SqlValue[],
  ) {}
}

export type SqlValue = string | number | bigint | Buffer | null;

/**
 * Builds SQL from a template: `sql\`select id from endpoint where app = ${app} and ${condition}\``.
 * A `Sql` value is spliced in, every other value becomes a bound parameter. Booleans are bound as 0 or 1, `undefined` as NULL.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly (SqlValue | boolean | undefined | Sql)[]): Sql {
  let text = strings[0]!;
  const bound: SqlValue[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value instanceof Sql) {
      text += value.text;
      bound.push(...value.values);
    } else {
      text += '?';
      bound.push(typeof value === 'boolean' ? Number(value) : (value ?? null));
    }
    text += strings[i + 1]!;
  }
  return new Sql(text, bound);
}

/** A table or column name taken from a closed list in code. Throws on anything that is not a plain lower-case identifier. */
export function sqlId(name: string): Sql {
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new Error(`not an identifier: ${JSON.stringify(name)}`);
  return new Sql(`"${name}"`, []);
}

/** Joins pieces with a separator (`sql\` and \``, `sql\`, \``). An empty list gives `empty`. */
export function sqlJoin(parts: readonly Sql[], separator: Sql, empty: Sql = sql``): Sql {
  if (parts.length === 0) return empty;
  return new Sql(
    parts.map((p) => p.text).join(separator.text),
    parts.flatMap((p, i) => (i === 0 ? p.values : [...separator.values, ...p.values])),
  );
}

/** `(?, ?, ?)` for `in`: an empty list matches nothing. */
export function sqlList(values: readonly SqlValue[]): Sql {
  return new Sql(`(${values.map(() => '?').join(', ')})`, values);
}

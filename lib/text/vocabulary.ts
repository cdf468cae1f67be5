/** The tokens a model knows. A token's id is its place in the list. */
export class Vocabulary {
  private readonly ids = new Map<string, number>();

  /** `unknown`, one of the tokens, stands for every token that is not in the list. */
  constructor(
    readonly tokens: readonly string[],
    readonly unknown?: string,
  ) {
    for (const [id, token] of tokens.entries()) {
      if (this.ids.has(token))
        throw new Error(`Vocabulary: expected distinct tokens, got ${JSON.stringify(token)} twice`);
      this.ids.set(token, id);
    }
    if (unknown !== undefined && !this.ids.has(unknown)) {
      throw new Error(`Vocabulary: expected the unknown token ${JSON.stringify(unknown)} among the tokens`);
    }
  }

  get size(): number {
    return this.tokens.length;
  }

  has(token: string): boolean {
    return this.ids.has(token);
  }

  id(token: string): number {
    const id = this.ids.get(token) ?? (this.unknown === undefined ? undefined : this.ids.get(this.unknown));
    if (id === undefined) {
      throw new Error(
        `Vocabulary: expected one of its ${this.size} tokens, got ${JSON.stringify(token)}, and it has none for unknown tokens`,
      );
    }
    return id;
  }

  token(id: number): string {
    const token = this.tokens[id];
    if (token === undefined) throw new Error(`Vocabulary: expected an id from 0 to ${this.size - 1}, got ${id}`);
    return token;
  }
}

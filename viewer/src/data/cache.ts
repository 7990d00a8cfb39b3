/** What was fetched, by name: what is asked for twice is fetched once, and what was asked for longest ago goes when there is too much. */
export class Kept<T> {
  readonly #loading = new Map<string, Promise<T>>();
  readonly #sizes = new Map<string, number>();
  #total = 0;

  constructor(
    readonly most: number,
    readonly sizeOf: (value: T) => number,
  ) {}

  get(name: string, load: () => Promise<T>): Promise<T> {
    const known = this.#loading.get(name);
    if (known) {
      // The last in the map is the last that was asked for.
      this.#loading.delete(name);
      this.#loading.set(name, known);
      return known;
    }
    const loading = load();
    this.#loading.set(name, loading);
    loading.then(
      (value) => this.#count(name, this.sizeOf(value)),
      () => this.#loading.delete(name),
    );
    return loading;
  }

  #count(name: string, size: number): void {
    this.#sizes.set(name, size);
    this.#total += size;
    for (const other of this.#loading.keys()) {
      if (this.#total <= this.most) return;
      if (other === name || !this.#sizes.has(other)) continue;
      this.#total -= this.#sizes.get(other) ?? 0;
      this.#sizes.delete(other);
      this.#loading.delete(other);
    }
  }
}

/** A fixed number of texture layers lent to pictures, taken back from the least recently wanted. Keys are atlas slots. */

export interface Changes {
  /** Keys to load, the most wanted first. */
  readonly load: number[];
  /** Keys whose loading should be given up. */
  readonly cancel: number[];
}

export class LayerPool {
  /** Resident keys to layers, in order of last use: the first is the oldest. */
  readonly #layers = new Map<number, number>();
  readonly #loading = new Set<number>();
  readonly #failed = new Set<number>();
  readonly #free: number[];
  #wanted = new Set<number>();

  constructor(readonly size: number) {
    this.#free = Array.from({ length: size }, (_, index) => size - 1 - index);
  }

  /** Say what is wanted now, most wanted first; more than fits is ignored. */
  want(keys: readonly number[]): Changes {
    const wanted = keys.slice(0, this.size);
    this.#wanted = new Set(wanted);
    for (const key of wanted.toReversed()) this.#touch(key);
    const cancel = [...this.#loading].filter((key) => !this.#wanted.has(key));
    for (const key of cancel) this.#loading.delete(key);
    const load = wanted.filter(
      (key) => !this.#layers.has(key) && !this.#loading.has(key) && !this.#failed.has(key),
    );
    return { load, cancel };
  }

  started(key: number): void {
    this.#loading.add(key);
  }

  /** Never ask again for a picture that could not be had. */
  failed(key: number): void {
    this.#loading.delete(key);
    this.#failed.add(key);
  }

  /** A picture arrived: its layer, or null when nobody wants it any more. */
  place(key: number): number | null {
    this.#loading.delete(key);
    if (!this.#wanted.has(key)) return null;
    const layer = this.#layers.get(key) ?? this.#free.pop() ?? this.#evict();
    if (layer === null) return null;
    this.#layers.set(key, layer);
    return layer;
  }

  loading(): number[] {
    return [...this.#loading];
  }

  layerOf(key: number): number | undefined {
    return this.#layers.get(key);
  }

  #touch(key: number): void {
    const layer = this.#layers.get(key);
    if (layer === undefined) return;
    this.#layers.delete(key);
    this.#layers.set(key, layer);
  }

  #evict(): number | null {
    for (const [key, layer] of this.#layers) {
      if (this.#wanted.has(key)) continue;
      this.#layers.delete(key);
      return layer;
    }
    return null;
  }
}

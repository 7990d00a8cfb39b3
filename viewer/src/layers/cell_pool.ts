/** A texture array of square cells, each written on its own, with one halved level. */
import { POOL_MIPS, POOL_SIDE, textureBytes } from "../model/budget";
import type { GL } from "./context";

export class CellPool {
  readonly texture: WebGLTexture;
  readonly bytes: number;

  constructor(
    readonly gl: GL,
    readonly cell: number,
    layers: number,
  ) {
    this.texture = gl.createTexture();
    this.bytes = textureBytes(POOL_SIDE, POOL_SIDE, layers, POOL_MIPS);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.texture);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, POOL_MIPS, gl.RGBA8, POOL_SIDE, POOL_SIDE, layers);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
  }

  /** Write a cell: its RGBA pixels and, behind them, those of its half. */
  write(place: number, pixels: Uint8Array): void {
    const { gl, cell } = this;
    const columns = POOL_SIDE / cell;
    const [layer, index] = [Math.floor(place / columns ** 2), place % columns ** 2];
    const [x, y] = [(index % columns) * cell, Math.floor(index / columns) * cell];
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.texture);
    for (let level = 0, from = 0; level < POOL_MIPS; level++) {
      const side = cell >> level;
      const part = pixels.subarray(from, from + 4 * side * side);
      gl.texSubImage3D(
        gl.TEXTURE_2D_ARRAY,
        level,
        x >> level,
        y >> level,
        layer,
        side,
        side,
        1,
        gl.RGBA,
        gl.UNSIGNED_BYTE,
        part,
      );
      from += part.length;
    }
  }

  close(): void {
    this.gl.deleteTexture(this.texture);
  }
}

/** A 2-D texture array whose layers are filled piece by piece, each with mip levels made on the GPU. */
import { textureBytes } from "../model/budget";
import type { GL } from "./context";

export class TextureArray {
  readonly texture: WebGLTexture;
  readonly bytes: number;
  readonly #read: WebGLFramebuffer;
  readonly #draw: WebGLFramebuffer;

  constructor(
    readonly gl: GL,
    readonly width: number,
    readonly height: number,
    readonly layers: number,
    readonly mips: number,
    /** Bytes of a texel: 4, or 2 for five bits a channel. */
    readonly texel: 2 | 4 = 4,
  ) {
    this.texture = gl.createTexture();
    this.#read = gl.createFramebuffer();
    this.#draw = gl.createFramebuffer();
    this.bytes = textureBytes(width, height, layers, mips, texel);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.texture);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, mips, texel === 2 ? gl.RGB5_A1 : gl.RGBA8, width, height, layers);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    const minify = mips > 1 ? gl.LINEAR_MIPMAP_LINEAR : gl.LINEAR;
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, minify);
  }

  /** Write a bitmap into a layer, or some of its rows into the same rows there; what would not fit is a fault of the caller. */
  write(layer: number, bitmap: ImageBitmap, y = 0, height = bitmap.height): void {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.texture);
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, y);
    gl.texSubImage3D(
      gl.TEXTURE_2D_ARRAY,
      0,
      0,
      y,
      layer,
      bitmap.width,
      height,
      1,
      gl.RGBA,
      gl.UNSIGNED_BYTE,
      bitmap,
    );
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0);
  }

  /** Halve a whole layer into its mip levels. gl.generateMipmap would redo every layer. */
  halve(layer: number): void {
    const { gl } = this;
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.#read);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, this.#draw);
    for (let level = 1; level < this.mips; level++) {
      gl.framebufferTextureLayer(gl.READ_FRAMEBUFFER, gl.COLOR_ATTACHMENT0, this.texture, level - 1, layer);
      gl.framebufferTextureLayer(gl.DRAW_FRAMEBUFFER, gl.COLOR_ATTACHMENT0, this.texture, level, layer);
      const [width, height] = [this.width >> level, this.height >> level];
      gl.blitFramebuffer(0, 0, width * 2, height * 2, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.LINEAR);
    }
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, null);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
  }

  close(): void {
    this.gl.deleteTexture(this.texture);
    this.gl.deleteFramebuffer(this.#read);
    this.gl.deleteFramebuffer(this.#draw);
  }
}

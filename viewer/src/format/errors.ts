/**
 * What can go wrong, in one place.
 *
 *     ViewerError
 *     ├── FormatError   a file is there, but is not what docs/format.md says
 *     ├── LoadError     a file did not arrive, or not whole
 *     └── GraphicsError the browser has no WebGL2, or it refused something needed
 *
 * A message says what was expected, what came, and `advice` says what to do.
 */
export class ViewerError extends Error {
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.name = new.target.name;
    this.advice = advice;
  }
}

const REBUILD = "Build the site again with the same version of pixplot as this viewer.";

export class FormatError extends ViewerError {
  constructor(
    readonly where: string,
    readonly expected: string,
    readonly got: unknown,
  ) {
    super(`${where}: expected ${expected}, got ${describe(got)}.`, REBUILD);
  }
}

export class LoadError extends ViewerError {
  constructor(
    readonly file: string,
    readonly expected: string,
    got: string,
    advice = "Check that the whole site folder was copied to the server, then reload the page.",
  ) {
    super(`${file}: expected ${expected}, got ${got}.`, advice);
  }
}

export class GraphicsError extends ViewerError {}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

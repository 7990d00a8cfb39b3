/** Where the collection lies that the page shows: beside it, or where the address says (`?data=`), if that is allowed. */
import { RefusedError } from "../format/errors";

/**
 * The folder of the collection as an address that ends in a slash; "" for the page's own. `search`: of the page's address;
 * `page`: that address; `allowed`: addresses of which the page's makers said that collections may come from below them.
 */
export function sourceOf(search: string, page: string, allowed: readonly string[]): string {
  const asked = new URLSearchParams(search).get("data");
  if (asked === null || asked === "") return "";
  const folder = folderOf(asked, page);
  if (folder && isAllowed(folder, new URL(page).origin, allowed)) return folder.href;
  throw new RefusedError(asked, allowed);
}

/** The folder that an address names, or of the manifest that it names; null for what is none. */
function folderOf(asked: string, page: string): URL | null {
  if (!URL.canParse(asked, page)) return null;
  const url = new URL(asked, page);
  const plain = url.username === "" && url.password === "" && /^https?:$/.test(url.protocol);
  [url.search, url.hash] = ["", ""];
  url.pathname = url.pathname.replace(/(\/data\/manifest\.json|\/index\.html)$/, "").replace(/\/*$/, "/");
  return plain ? url : null;
}

function isAllowed(folder: URL, own: string, allowed: readonly string[]): boolean {
  if (folder.origin === own) return true;
  return allowed.some((place) => {
    const url = URL.canParse(place) ? new URL(place) : null;
    if (!url || url.origin !== folder.origin) return false;
    return folder.pathname.startsWith(url.pathname.replace(/\/*$/, "/"));
  });
}

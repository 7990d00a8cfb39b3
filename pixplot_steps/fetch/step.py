"""`pixplot step fetch`: bring the pictures that manifests name here, from the servers on which they lie."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pixplot_steps import __version__
from pixplot_steps.errors import SourceError
from pixplot_steps.fetch import addresses, pace, sources, tasks, web
from pixplot_steps.fetch.addresses import BadAddress
from pixplot_steps.fetch.cache import Cache
from pixplot_steps.fetch.crawl import Crawl, Wishes, page_task
from pixplot_steps.fetch.presentation import Image, Service
from pixplot_steps.fetch.tasks import Tasks
from pixplot_steps.store import commit, lock, tables

_THREADS = 24
"""At most so many requests are open at a time, to all hosts together."""

_BATCH = 1000
_TOLD = 20
_ACTIONS = {
    "not fetched": "run the same command again, which tries it again; or ask the institution",
    "no image": "nothing, if this was meant",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--manifests", nargs="+", required=True, help="addresses, lists or tables of them, or manifest files")
    parser.add_argument("--contact", required=True, help="address of a person, for the administrators of the servers")
    parser.add_argument("--canvases", choices=("first", "start", "all"), required=True, help="which canvases of a manifest are items")
    parser.add_argument("--language", required=True, help="language of the texts, or nothing for the first")
    parser.add_argument("--side", type=int, required=True, help="longest side in pixels asked for")
    parser.add_argument("--info", choices=("always", "needed"), required=True, help="when the info.json of an image is asked for")
    parser.add_argument("--per-minute", type=float, required=True, help="requests a minute to one host, 0 for no limit")
    parser.add_argument("--concurrency", type=int, required=True, help="open requests to one host")
    parser.add_argument("--hosts", type=json.loads, required=True, help="JSON object: the same two for single hosts")
    parser.add_argument("--cool-down", type=float, required=True, help="seconds for which a host is left alone that complains")
    parser.add_argument("--longest-wait", type=float, required=True, help="seconds that a host may ask to be left alone")
    parser.add_argument("--retries", type=int, required=True, help="further tries of one picture")
    parser.add_argument("--timeout", type=float, required=True, help="seconds for one answer")
    parser.add_argument("--max-mib", type=float, required=True, help="size of one answer")
    parser.add_argument("--max-failures", type=float, required=True, help="share of failures above which this stops")
    parser.add_argument(
        "--private-addresses", type=_yes, required=True, help="true or false: whether hosts of private networks may be asked"
    )
    parser.add_argument("--refresh", type=_yes, required=True, help="true or false: ask whether what is here has changed")
    parser.add_argument("--attempt", type=int, required=True, help="number of this run; it grows while something is left to try again")
    parser.add_argument("--cache", type=Path, required=True, help="folder of all that was ever received")
    parser.add_argument("--index", type=Path, required=True, help="file that knows which address gave what")
    parser.add_argument("--out", type=Path, required=True, help="folder to make")


def _yes(text: str) -> bool:
    if text not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"expected true or false, found {text!r}")
    return text == "true"


def run(args: argparse.Namespace) -> None:
    """Fetch all that is not here, and list it; another run that is at work on it is waited for."""
    with lock.alone(args.index.with_name(f".{args.index.name}.lock")):
        cache = Cache(args.cache, args.index)
        todo = Tasks(args.index.with_name(f"{args.index.stem}-tasks.sqlite"))
        try:
            _fetch(args, cache, todo)
        finally:
            todo.close()
            cache.close()


def _fetch(args: argparse.Namespace, cache: Cache, todo: Tasks) -> None:
    started = time.perf_counter()
    limits = web.Limits(args.timeout, int(args.max_mib * (1 << 20)), args.private_addresses)
    network = web.Web(f"pixplot/{__version__} (+{args.contact})", limits, _THREADS)
    common = pace.Rules(args.per_minute, args.concurrency, args.cool_down, args.longest_wait)
    crawl = Crawl(_wishes(args), todo, cache, network, lambda host: pace.rules_of(host, args.hosts, common))
    _plant(args.manifests, crawl)
    crawl.run(_THREADS, lambda: _tell(crawl, started))
    failures = list(todo.failures())
    _check(todo, failures, args)
    _write(args, todo, failures)
    _tell(crawl, started)


def _wishes(args: argparse.Namespace) -> Wishes:
    return Wishes(
        which=args.canvases,
        language=args.language,
        side=args.side,
        info=args.info,
        retries=args.retries,
        refresh=args.refresh,
        attempt=args.attempt + 1 if args.refresh else 0,
    )


def _plant(names: list[str], crawl: Crawl) -> None:
    """List what the sources name, and read the manifests that are files."""
    new: list[tasks.Task] = []
    for source in sources.read(names):
        if isinstance(source, sources.Local):
            _read_local(source, crawl)
            continue
        try:
            new.append(_task(source, crawl))
        except BadAddress as reason:
            crawl.tasks.fault(source.address[:200], "not fetched", f"it is not asked for: {reason}")
        if len(new) == _BATCH:
            crawl.tasks.add(new)
            new = []
    crawl.tasks.add(new)


def _task(source: sources.Page | sources.Picture, crawl: Crawl) -> tasks.Task:
    if isinstance(source, sources.Page):
        return page_task(source.address, "", source.cells)
    address = addresses.clean(source.address)
    image = Image("", 0, 0, Service(address, 0, -1, {}))
    return crawl.image_task(addresses.name(address), image, source.cells)


def _read_local(source: sources.Local, crawl: Crawl) -> None:
    name = sources.name(source.path)
    try:
        task = page_task(name, "", {}) if "://" in name else None
    except BadAddress:
        task = None
    task = task or tasks.Task("page", source.path.name, "", "", "", {"cells": {}})
    # What was listed before waits; this one is read at once, without the network.
    task.state = tasks.RUNNING
    crawl.tasks.add([task])
    crawl.page(crawl.tasks.named(task), source.path.read_bytes())


def _tell(crawl: Crawl, started: float) -> None:
    counts = crawl.tasks.counts()
    done, failed = (counts.get(("image", state), 0) for state in (tasks.DONE, tasks.FAILED))
    total = sum(n for (kind, _), n in counts.items() if kind == "image")
    minutes = (time.perf_counter() - started) / 60
    waiting = crawl.waits()
    print(
        f"fetch: {done} of {total} pictures, {failed} failed; {crawl.requests} requests in {minutes:.1f} minutes"
        + (f"; {waiting}" if waiting else ""),
        file=sys.stderr,
        flush=True,
    )


def _check(todo: Tasks, failures: list[tuple[str, str, str, str, str]], args: argparse.Namespace) -> None:
    """Stop where too much failed, or nothing came. What was received stays in the cache."""
    counts = todo.counts()
    total, images = sum(counts.values()), counts.get(("image", tasks.DONE), 0)
    if len(failures) <= args.max_failures * total and images:
        return
    by_cause = Counter((host or "a file", code) for _, _, host, code, _ in failures)
    rows = [f"    {host}: {code}: {n}" for (host, code), n in by_cause.most_common(_TOLD)]
    examples = [f"    {name}: {reason}" for name, _, _, _, reason in failures[:3]]
    faults = [f"    {path}: {reason}" for path, _, reason in islice(todo.faults(), 3)] if not failures else []
    share = f"{len(failures)} of {total} requests failed, and {images} pictures are here"
    raise SourceError(
        "Too many pictures or manifests could not be fetched" if images else "No picture could be fetched",
        expected=f"a share of failures of at most {args.max_failures:g} (fetch: max_failures), and at least one picture",
        found="\n".join([share, "    host: code: count", *rows, "    such as", *examples] if failures else [share, *faults]),
        where=", ".join(args.manifests),
        action=_action([reason for *_, reason in failures]),
    )


def _action(reasons: list[str]) -> str:
    if reasons and all("fetch: private_addresses" in reason for reason in reasons):
        return "allow servers of your own network, if it is them that you mean: --set fetch.private_addresses=true"
    return "run the same command again, which asks only for what is missing; where this goes on, ask the institution"


def _write(args: argparse.Namespace, todo: Tasks, failures: list[tuple[str, str, str, str, str]]) -> None:
    rows = 0
    with commit.folder(args.out) as draft:
        # A thousand rows at a time: captions of a million pictures are not held at once.
        with pq.ParquetWriter(draft.path / "items.parquet", tables.FETCHED, compression="zstd", write_page_checksum=True) as writer:
            images = todo.images()
            while batch := list(islice(images, _BATCH)):
                writer.write_table(pa.Table.from_pylist([_row(*one) for one in batch], schema=tables.FETCHED))
                rows += len(batch)
        tables.write(draft.path / "problems.parquet", _problems(todo, failures), tables.PROBLEMS)
        again = bool(failures) or args.refresh
        draft.rows = rows
        draft.summary = {"attempt": args.attempt + again, "failures": len(failures)}


def _row(name: str, digest: str, size: int, more: dict[str, Any]) -> dict[str, Any]:
    service = more.get("service")
    return {
        "item": name,
        "image": digest,
        "size": size,
        "service": json.dumps(service, sort_keys=True, ensure_ascii=False) if service else None,
        "cells": json.dumps(more["cells"], ensure_ascii=False),
    }


def _problems(todo: Tasks, failures: list[tuple[str, str, str, str, str]]) -> pa.Table:
    rows = sorted({(name, "not fetched", reason) for name, _, _, _, reason in failures} | set(todo.faults()))
    return pa.Table.from_pylist(list(_problem_rows(rows)), schema=tables.PROBLEMS)


def _problem_rows(rows: list[tuple[str, str, str]]) -> Iterator[dict[str, str]]:
    for path, kind, reason in rows:
        yield {"path": path, "stage": "fetch", "kind": kind, "reason": reason, "action": _ACTIONS[kind]}

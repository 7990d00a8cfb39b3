"""From addresses to bytes in the cache: threads that take the next request whose host may be asked, until nothing is left to ask.

All waiting is done here, in one place, so that no host is asked more often or by more threads than its rules allow, whoever has work
for it. A request is one task's next step: a manifest, an info.json, a picture, or where a redirect leads.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pixplot_steps.fetch import addresses, image_api, items, pace, presentation, tasks, web
from pixplot_steps.fetch.addresses import BadAddress
from pixplot_steps.fetch.cache import Cache
from pixplot_steps.fetch.pace import Host, Rules
from pixplot_steps.fetch.presentation import Collection, Image, Manifest, NoManifest, Service
from pixplot_steps.fetch.tasks import Task, Tasks

LARGE = 2048
"""Longest side in pixels of the picture that the page asks the server for."""

_HOPS = 5
"""Redirects that are followed."""

_CONTENT_TRIES = 2
"""How often something is asked for that turns out to be something else, such as a page in place of a picture."""

_FINAL = {304, 400, 401, 402, 404, 405, 406, 410, 414, 451, 501}
"""Codes that another try does not change."""

_TELL = 20.0
"""Seconds between two calls of `tell`."""

_MEANINGS = {401: "it wants a login", 403: "the picture, or this program, is not allowed", 404: "it is not there", 410: "it is gone"}

_LONGEST_WAIT = 5.0
"""Seconds after which a waiting thread looks again, whatever it was told."""


@dataclass(frozen=True)
class Wishes:
    """`which`: canvases of a manifest (first, start, all); `language`; `side`: longest side in pixels.

    `info`: always or needed; `retries` of one picture; `refresh`: ask servers whether what is here has changed; `attempt`: number of the
    run, by which a refresh that was killed knows what it has asked already.
    """

    which: str
    language: str
    side: int
    info: str
    retries: int
    refresh: bool
    attempt: int


@dataclass
class Crawl:
    """`rules`: of a host by its name; `network`, `clock` and `pause` are handed in. Call `run`, then read `tasks`."""

    wishes: Wishes
    tasks: Tasks
    cache: Cache
    network: web.Network
    rules: Callable[[str], Rules]
    clock: Callable[[], float] = time.time
    pause: Callable[[threading.Condition, float], object] = threading.Condition.wait
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - jitter
    hosts: dict[str, Host] = field(default_factory=dict)
    requests: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _busy: int = 0
    _error: BaseException | None = None

    def run(self, threads: int, tell: Callable[[], None] = lambda: None) -> None:
        """Do all tasks; `tell` is called now and then meanwhile. Raises what a thread raised."""
        workers = [threading.Thread(target=self._work, name=f"fetch {number}", daemon=True) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive():
                worker.join(_TELL)
                if worker.is_alive():
                    tell()
        if self._error is not None:
            raise self._error

    # --- threads ---

    def _work(self) -> None:
        try:
            while (step := self._next()) is not None:
                step()
                with self._changed:
                    self._busy -= 1
                    # One for the place that is free now; all, so that they see that it is over.
                    self._changed.notify() if self._busy else self._changed.notify_all()
        except BaseException as error:  # noqa: BLE001 - raised again by `run`
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _next(self) -> Callable[[], None] | None:
        """What to do next; None when there is nothing left, and nobody who could add to it."""
        with self._changed:
            while self._error is None:
                task = self.tasks.take_new()
                if task is not None:
                    self._busy += 1
                    return lambda: self._look_up(task)
                wake, found = self._due()
                if found is not None:
                    self._busy += 1
                    return lambda: self._ask(found)
                if self._busy == 0 and math.isinf(wake):
                    self._changed.notify_all()
                    return None
                self.pause(self._changed, min(max(wake - self.clock(), 0.0005), _LONGEST_WAIT))
            return None

    def _due(self) -> tuple[float, Task | None]:
        """A task that may be asked for now; else when to look again, infinite where nothing waits."""
        now, wake = self.clock(), math.inf
        for name, host in self.hosts.items():
            ready = host.ready()
            if ready > now and not math.isinf(ready) and ready >= wake:
                continue
            due = self.tasks.next_due(name)
            if due is None:
                continue
            when = max(due, ready if not math.isinf(ready) else now + _LONGEST_WAIT)
            if when <= now and (task := self.tasks.take_waiting(name, now)) is not None:
                host.start(now)
                if host.rules.interval:
                    self.cache.remember(name, host.next, host.cool, host.strikes)
                return now, task
            wake = min(wake, when)
        return wake, None

    def _host(self, name: str) -> Host:
        if name not in self.hosts:
            after, cool, _ = self.cache.host(name)
            host = Host(self.rules(name), after, cool)
            if cool - self.clock() > host.rules.patience:
                host.given_up = f"it asked to be left alone for {cool - self.clock():.0f} more seconds"
            self.hosts[name] = host
        return self.hosts[name]

    # --- one step of one task ---

    def _look_up(self, task: Task) -> None:
        """Take what is in the cache already; let the rest wait for its host."""
        entry = self.cache.find(task.asked)
        if entry is not None and not (self.wishes.refresh and entry.checked != self.wishes.attempt):
            self._received(task, entry.digest, entry.size, None)
        else:
            self._wait(task)

    def _ask(self, task: Task) -> None:
        headers = {"Accept-Encoding": "gzip"} if self._is_json(task) else {"Accept": "image/*,*/*;q=0.5"}
        entry = self.cache.find(task.asked)
        if entry is not None:
            headers |= {name: value for name, value in (("If-None-Match", entry.etag), ("If-Modified-Since", entry.modified)) if value}
        with self._changed:
            self.requests += 1
        try:
            answer = self.network.get(task.address, headers)
        except web.Lost as reason:
            self._retry(task, 0, str(reason), None, self.wishes.retries)
            return
        except web.Refused as reason:
            self._well(task.host)
            self.tasks.failed(task, "refused", str(reason))
            return
        self._answered(task, answer)

    def _answered(self, task: Task, answer: web.Answer) -> None:
        code, headers = answer.code, answer.headers
        if code == 200:
            self._kept(task, answer)
        elif code == 304 and self.cache.find(task.asked) is not None:
            self._well(task.host)
            self.cache.confirm(task.asked, self.wishes.attempt)
            self.tasks.put_back(task, tasks.NEW)
        elif code in (301, 302, 303, 307, 308):
            self._well(task.host)
            self._redirected(task, headers.get("location", ""))
        elif code in _FINAL:
            self._well(task.host)
            self._without(task, str(code), _told(code))
        else:
            asked = pace.retry_after(headers.get("retry-after"), self.clock())
            self._retry(task, code, _told(code), asked, self.wishes.retries)

    def _kept(self, task: Task, answer: web.Answer) -> None:
        """Keep the bytes, if they are of the kind that was asked for."""
        fault = _fault(answer.body, json=self._is_json(task))
        if fault:
            self._retry(task, 200, fault, None, min(_CONTENT_TRIES - 1, self.wishes.retries))
            return
        headers = answer.headers
        entry = self.cache.put(task.asked, answer.body, headers.get("etag", ""), headers.get("last-modified", ""), self.wishes.attempt)
        self._well(task.host)
        self._received(task, entry.digest, entry.size, answer.body)

    def _redirected(self, task: Task, target: str) -> None:
        task.hops += 1
        try:
            address = addresses.clean(target, task.address)
        except BadAddress as reason:
            self.tasks.failed(task, "redirect", f"a redirect is refused: {reason}")
            return
        if task.hops > _HOPS:
            self.tasks.failed(task, "redirect", f"more than {_HOPS} redirects")
            return
        task.address, task.host = address, addresses.host(address)
        self._wait(task)

    def _wait(self, task: Task) -> None:
        with self._changed:
            host = self._host(task.host)
            if host.given_up:
                self.tasks.failed(task, "given up", host.given_up)
            else:
                self.tasks.put_back(task, tasks.WAITING)

    def waits(self) -> str:
        """Which hosts are left alone just now, and why."""
        with self._changed:
            return pace.waits(self.hosts, self.clock())

    def _well(self, name: str) -> None:
        with self._changed:
            self.hosts[name].succeeded()

    def _retry(self, task: Task, code: int, reason: str, asked: float | None, retries: int) -> None:
        """Try again later; or, when that was done often enough or the host is given up, no more in this run."""
        task.tries += 1
        with self._changed:
            host, now = self.hosts[task.host], self.clock()
            host.failed(now, code, asked, task.asked)
            host.trouble = reason
            task.due = now + pace.backoff(task.tries, self.chance.random(), host.rules.cool_down)
            self.cache.remember(task.host, host.next, host.cool, host.strikes)
            again = task.tries <= retries and not host.given_up
            if again:
                self.tasks.put_back(task, tasks.WAITING)
            if host.given_up:
                self.tasks.give_up(task.host, host.given_up)
        if not again:
            self._without(task, str(code) if code else "no answer", reason)

    def _without(self, task: Task, code: str, reason: str) -> None:
        """Close a task that failed; without its info.json, a picture is asked for as the manifest describes it."""
        image = _image(task.more) if task.kind == "image" else None
        info = image_api.assumed(image) if image and task.more["stage"] == "info" else None
        if info is None:
            self.tasks.failed(task, code, reason)
        else:
            self._choose(task, info)

    # --- what was received ---

    def _received(self, task: Task, digest: str, size: int, body: bytes | None) -> None:
        if not self._is_json(task):
            self.tasks.done(task, digest, size)
            return
        data = self.cache.path(digest).read_bytes() if body is None else body
        if task.kind == "page":
            # One at a time: a manifest of thousands of canvases takes a hundred times its bytes while it is read.
            with self._reading:
                self.page(task, data)
            return
        service = _image(task.more).service
        info = image_api.parse(data, service) if service else None
        if info is None:
            self._without(task, "200", "its info.json describes no image")
        else:
            self._choose(task, info)

    def _choose(self, task: Task, info: image_api.Info) -> None:
        """From what the server offers to the picture that is asked for."""
        picture = image_api.of_image(info, _image(task.more), self.wishes.side)
        task.more |= {"stage": "picture", "service": _offer(info, _image(task.more))}
        try:
            self._to(task, picture.address)
        except BadAddress as reason:
            self.tasks.failed(task, "refused", str(reason))
            return
        self.tasks.put_back(task, tasks.NEW)

    def _to(self, task: Task, address: str) -> None:
        task.asked = task.address = addresses.clean(address)
        task.host = addresses.host(task.address)
        task.tries, task.hops, task.due = 0, 0, 0.0

    def page(self, task: Task, data: bytes) -> None:
        """Take a manifest's items, or a collection's members."""
        try:
            found = presentation.read(data)
        except NoManifest as reason:
            self.tasks.failed(task, "no manifest", str(reason))
            return
        if isinstance(found, Collection):
            self._members(task, found)
        else:
            self._items(task, found)
        self.tasks.done(task)

    def _members(self, task: Task, found: Collection) -> None:
        if not found.members and not found.pages:
            self.tasks.fault(task.name, "no image", "the collection lists no manifests")
        new = []
        for member in dict.fromkeys((*found.members, *found.pages)):
            try:
                new.append(page_task(member, task.asked, task.more["cells"]))
            except BadAddress as reason:
                self.tasks.fault(task.name, "not fetched", f"{member[:200]!r} in it is not asked for: {reason}")
        self._add(new)

    def _items(self, task: Task, found: Manifest) -> None:
        chosen = items.chosen(found, task.name, self.wishes.which, self.wishes.language)
        for path, reason in chosen.faults:
            self.tasks.fault(path, "no image", reason)
        new = []
        for item in chosen.items:
            cells = {**item.cells, "manifest": [task.asked or found.id], **task.more["cells"]}
            try:
                new.append(self.image_task(item.name, item.image, cells))
            except BadAddress as reason:
                self.tasks.fault(item.name, "not fetched", f"the image's address is not asked for: {reason}")
        self._add(new)

    def _add(self, new: list[Task]) -> None:
        self.tasks.add(new)
        with self._changed:
            self._changed.notify_all()

    def image_task(self, name: str, image: Image, cells: Mapping[str, list[str]]) -> Task:
        """The task of one picture. Raises BadAddress."""
        more: dict[str, Any] = {"cells": dict(cells), "image": _packed(image), "stage": "picture"}
        task = Task("image", name, "", "", "", more)
        service = image.service
        if service is None:
            self._to(task, image.address)
            return task
        told = image_api.embedded(service) or (image_api.assumed(image) if self.wishes.info == "needed" else None)
        if told is not None and (told.sizes or self.wishes.info == "needed"):
            more["service"] = _offer(told, image)
            self._to(task, image_api.of_image(told, image, self.wishes.side).address)
        else:
            more["stage"] = "info"
            self._to(task, f"{service.id}/info.json")
        return task

    @staticmethod
    def _is_json(task: Task) -> bool:
        return task.kind == "page" or task.more["stage"] == "info"


def page_task(address: str, base: str, cells: Mapping[str, list[str]]) -> Task:
    """The task of a manifest or collection. `cells`: what is known besides of each picture in it. Raises BadAddress."""
    clean = addresses.clean(address, base)
    return Task("page", addresses.name(clean), clean, clean, addresses.host(clean), {"cells": dict(cells)})


def _told(code: int) -> str:
    meaning = f" ({_MEANINGS[code]})" if code in _MEANINGS else ""
    return f"the server answers {code}{meaning}"


def _fault(body: bytes, *, json: bool) -> str:
    """Why an answer with code 200 is not what was asked for; whether JSON is a manifest is found out later."""
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        return "the answer is empty"
    if json:
        return "" if head[:1] in (b"{", b"[") else "the answer is no JSON, though its code is 200"
    if head[:1] == b"{" or head.startswith((b"<!doctype html", b"<html")) or (head[:1] == b"<" and b"<svg" not in head):
        return "the answer is no picture, though its code is 200"
    return ""


def _offer(info: image_api.Info, image: Image) -> dict[str, Any]:
    """What the page needs to ask the server for more: the service, and a large picture."""
    told = {"id": info.id, "version": info.version, "level": info.level, "width": info.width, "height": info.height}
    return {**told, "large": image_api.of_image(info, image, LARGE).address, "region": image.region}


def _packed(image: Image) -> dict[str, Any]:
    service = image.service
    described = {"id": service.id, "version": service.version, "level": service.level, "info": service.info} if service else None
    return {"address": image.address, "width": image.width, "height": image.height, "region": image.region, "service": described}


def _image(more: Mapping[str, Any]) -> Image:
    value = more["image"]
    service = Service(**value["service"]) if value["service"] else None
    return Image(value["address"], value["width"], value["height"], service, value["region"])

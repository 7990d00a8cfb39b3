"""Shared by the other files - the plan, which is known once the catalogue is there."""


wildcard_constraints:
    digest="[0-9a-f]{12}",
    ingest="[0-9a-f]{12}",
    model="[a-z0-9_]+-[0-9a-f]{12}",
    mosaic="[0-9a-f]{12}",
    shard="[0-9a-f]{32}",
    group=r"\d+",


def plan():
    """The plan of this run; it makes Snakemake wait for the catalogue."""
    ledger = Path("ledger/lineage.json")
    path = Path(checkpoints.catalog.get().output.plan)
    return planned_once(path, ledger, status(path), status(ledger))


def status(path):
    """What changes whenever a file is replaced; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1)
def planned_once(path, ledger, *status):
    """The plan for files of this status: Snakemake asks several times for each job."""
    found = planning.Plan(
        SPEC, planning.read_catalogue(path), lineage.read(ledger, commit.whole)
    )
    try:
        found.deepzooms
    except PixplotError as error:
        raise WorkflowError(str(error)) from None
    return found


def not_there(folder):
    """Pattern of a digest by which nothing lies in this folder yet.

    For what is kept although it would be made from other inputs now: no rule makes it, so Snakemake does not compare its inputs.
    """
    there = "|".join(
        sorted(stamp.parent.name for stamp in Path(folder).glob("*/stamp.json"))
    )
    return f"(?!({there})/)[0-9a-f]{{12}}" if there else "[0-9a-f]{12}"


def literally(value):
    """A params function that gives a value as it is: in a text from outside Snakemake would take braces for wildcards."""
    return lambda wildcards: value


def fingerprint(wildcards):
    """Changes whenever a picture comes, goes or is written to, and so runs the catalogue again."""
    return was_listed() if SPEC.catalog.frozen else listed()


@cache
def listed():
    """The fingerprint, taken once in a run: listing a million files takes seconds."""
    return files.fingerprint(SPEC.images, SPEC.metadata)


def was_listed():
    """The fingerprint of the last listing, so that it stays; a first one where there is none."""
    path = Path("catalog/plan.json")
    return json.loads(path.read_bytes())["fingerprint"] if path.is_file() else listed()


def listed_manifests(wildcards):
    """Changes whenever a list of manifests, or a manifest that is a file, is written to."""
    return files.fingerprint([], SPEC.manifests)


def attempt(wildcards):
    """Number of this run of fetch; it differs from that of the last one while something is left to try again."""
    return (
        commit.stamp(Path("fetched")).summary["attempt"]
        if Path(FETCHED).is_file()
        else 0
    )


def fetching(wildcards):
    """All that fetch depends on, as one text: Snakemake compares parameters as a set, in which 1 and 2 swapped are the same."""
    asked = planning.spec.parameters(SPEC.fetch)
    return json.dumps(
        [
            asked,
            attempt(wildcards),
            planning.side_wanted(SPEC),
            planning.spec.VERSIONS["fetch"],
        ]
    )


FETCHED = "fetched/stamp.json"


@cache
def viewer_digest():
    """The built viewer's files by content; empty where it is not built."""
    built = (VIEWER / "index.html").is_file()
    return commit.contents(VIEWER).digest if built else ""


def planned(attribute):
    """An input or params function that gives one attribute of the plan."""
    return lambda wildcards: getattr(plan(), attribute)


def deepzoom(wildcards):
    """The deep zoom of a job."""
    return plan().deepzoom(wildcards.digest)


def columns_of(digest):
    """The columns that an arrangement is made from, as a JSON list: their names may look like flags."""
    return json.dumps(plan().arrangement(digest).columns, ensure_ascii=False)


def labels():
    """The column of labels that maps are drawn by, as a JSON list of one or none."""
    return json.dumps(plan().labels, ensure_ascii=False)


def images():
    """How many images there are; 0 in a dry run of a collection that was never looked at."""
    try:
        return plan().catalogue.images
    except IncompleteCheckpointException:
        return 0


def memory(step):
    """A resources function: MiB for a job of this step, half as much again at each attempt."""
    return lambda wildcards, attempt: int(
        planning.memory(step, images()) * (1 + (attempt - 1) / 2)
    )


def minutes(step):
    """A resources function: minutes for a job of this step."""
    return lambda wildcards, attempt: attempt * planning.minutes(step, images())

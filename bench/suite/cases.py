"""What is measured, and how much of it counts as enough."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Goal:
    """One row of the table: a figure of a case, or its ratio to another case's."""
    text: str
    figure: str
    must: float
    aim: float
    against: str = ""          # "reference", or the name of another case
    more_is_better: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Case:
    name: str
    scenario: str
    options: dict = field(default_factory=dict)
    quick: dict = field(default_factory=dict)   # instead of these, in a quick run
    goals: tuple = ()
    reference: bool = False                     # strims-reference does it as well, in the same round
    tls: bool = False
    storm: bool = False                         # the load tool starts the server
    needs_server: bool = True
    spread: bool = False                        # also where the rest is pinned, the server may use every core


FEW = {"receivers": 300, "seconds": 2}

CASES = (
    Case("fanout_15k_50", "fanout", {"receivers": 15000, "rate": 50, "seconds": 8}, {**FEW, "rate": 50},
         (Goal("CPU per delivery, 15,000 receivers × 50 msg/s", "cpu_us_per_delivery", 1.25, 1.05, "reference"),
          Goal("… messages that somebody lacks", "missing", 0, 0),
          Goal("… p99 of the last recipient", "last_receiver_p99_ms", 250, 200, unit=" ms")),
         reference=True),
    Case("fanout_1k_80", "fanout", {"receivers": 1000, "rate": 80, "seconds": 8}, {**FEW, "rate": 80},
         (Goal("the same, 1,000 receivers × 80 msg/s", "cpu_us_per_delivery", 1.25, 1.05, "reference"),),
         reference=True),
    Case("fanout_15k_3000_deflate", "fanout",
         {"receivers": 15000, "rate": 3000, "senders": 8, "seconds": 10, "deflate": True, "parse": 60, "patience": 10},
         {**FEW, "rate": 1000, "deflate": True, "parse": 60},
         (Goal("15,000 × 3,000 msg/s with deflate: deliveries/s", "deliveries_per_second", 44e6, 44.9e6,
               more_is_better=True),
          Goal("… messages that somebody lacks", "missing", 0, 0),
          Goal("… p99 of the last recipient", "last_receiver_p99_ms", 400, 200, unit=" ms"),
          Goal("… bytes per delivery, against plain", "bytes_per_delivery", 0.35, 0.26, "fanout_15k_50")),
         spread=True),
    Case("fanout_15k_1000", "fanout",
         {"receivers": 15000, "rate": 1000, "senders": 4, "seconds": 5, "parse": 60, "count-bytes": True, "patience": 10},
         {**FEW, "rate": 500},
         (Goal("15,000 × 1,000 msg/s in plain frames: deliveries/s", "deliveries_per_second", 14.5e6, 14.9e6,
               more_is_better=True),
          Goal("… messages that somebody lacks", "missing", 0, 0),
          Goal("… p99 of the last recipient", "last_receiver_p99_ms", 400, 200, unit=" ms")),
         reference=True),
    Case("ingest_8", "ingest", {"senders": 8, "receivers": 1, "seconds": 8}, {"seconds": 2},
         (Goal("accepted and committed messages/s, 8 senders", "accepted_per_second", 60e3, 150e3,
               more_is_better=True),),
         reference=True),
    Case("latency", "latency", {"receivers": 100, "rate": 20, "seconds": 15}, {"receivers": 100, "seconds": 2},
         (Goal("at rest, sender → first recipient, p50", "first_receiver_p50_ms", 0.6, 0.3, unit=" ms"),
          Goal("… p99", "first_receiver_p99_ms", 3, 1, unit=" ms")),
         reference=True),
    Case("idle_guest", "idle", {"connections": 15000, "seconds": 24},
         {"connections": 1000, "seconds": 2, "warmup": 0},
         (Goal("user memory per idle connection, guest", "memory_bytes_per_connection_at_end", 512, 256, unit=" B"),
          Goal("idle server, 15,000 connections, pings included", "server_cores", 0.01, 0.01, unit=" core"))),
    Case("idle_logged_in", "idle", {"connections": 15000, "seconds": 2, "logged-in": True},
         {"connections": 500, "seconds": 1, "warmup": 0, "logged-in": True},
         (Goal("… logged in", "memory_bytes_per_connection_at_end", 1024, 600, unit=" B"),)),
    Case("idle_tls", "idle", {"connections": 12000, "seconds": 2, "tls": True}, {"connections": 200, "seconds": 1, "warmup": 0, "tls": True},
         (Goal("… guest over TLS", "memory_bytes_per_connection_at_end", 16384, 14336, unit=" B"),), tls=True),
    Case("churn", "churn", {"seconds": 6}, {"seconds": 2},
         (Goal("CPU per connect, upgrade and close", "cpu_us_per_cycle", 2, 1.3, "reference"),), reference=True),
    Case("slow", "slow", {"receivers": 500, "rate": 100, "seconds": 6, "rounds": 1}, {"receivers": 200, "seconds": 2, "rounds": 1},
         (Goal("a tenth of the readers stops: p99 of the others against none", "others_p99_ratio", 1.3, 1.05),)),
    Case("storm", "storm", {"receivers": 15000, "rate": 10, "cycles": 1}, {"receivers": 500, "rate": 10, "cycles": 1},
         (Goal("storm: 15,000 back after a kill", "all_welcomed_seconds", 15, 5, unit=" s"),
          Goal("… JOIN and QUIT seen by one", "joins_and_quits", 1, 0)), storm=True),
    Case("kills", "storm", {"receivers": 200, "rate": 200, "senders": 4, "cycles": 10},
         {"receivers": 50, "rate": 50, "cycles": 2},
         (Goal("kill -9 cycles under load: messages lost, doubled or reordered", "out_of_order", 0, 0),), storm=True),
)


def chosen(words: list[str]) -> list[Case]:
    unknown = set(words) - {case.name for case in CASES}
    if unknown:
        raise SystemExit(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(c.name for c in CASES)}")
    return [case for case in CASES if not words or case.name in words]

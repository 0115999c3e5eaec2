"""The screens that the browser tests look at: ``python plant.py PORT FOLDER`` serves them, and FOLDER steers them.

``press``, ``pulse`` and ``kiln`` are fed by POST. Sources write the moment of each read to ``FOLDER/<name>.reads``, and
``broken`` raises while there is a file ``FOLDER/broken``; all wait while there is a file ``FOLDER/hold``. The light
accent of ``pulse`` is what a file ``FOLDER/accent`` says.
"""

from __future__ import annotations

import math
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import cadran as cd
from cadran.engine import Engine
from cadran.server import asgi_app
from cadran.server.bind import bind_socket, url_of
from cadran.server.run import Server

LINGER_SECS = 0.5
NUM_MANY, NUM_MOST = 120, 960
NUM_CUSTOMERS = 1_500
PAST_SECS, PAST_STEP_SECS = 2 * 86_400, 20
"""What the database of the spliced line has, up to now, of which ``PAST_KEPT`` is held in memory."""
PAST_KEPT = "20m"
PAYLOAD = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'


def plant_screen(press: cd.Channel) -> cd.DashboardScreen:
    """Fed by one channel alone: between two posts nothing happens."""
    temperature = press.kpi("temperature")

    @cd.metric(temperature)
    def double(celsius: cd.Scalar) -> float | None:
        return 2 * celsius if isinstance(celsius, float) else None

    @cd.screen("Plant", zone="UTC")
    def plant(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        with ui.columns(4):
            ui.kpi("Temperature", temperature, unit="°C", icon="temperature", spark=False)
            ui.kpi("Again", temperature, format=cd.number(decimals=2))
            ui.kpi("Double", double)
            ui.kpi("State", press.kpi("state"))
        with ui.columns(2):
            ui.line("Vibration", press.series("left"), press.series("right"), window="10m")
            ui.line("Pressure", press.series("pressure"), window="10m", references=[cd.reference(8, "limit")])
        with ui.columns(2):
            ui.bar("By region", press.table("regions"))
            ui.pie("Shares", press.table("regions"))
        ui.table("Events", press.table("events", key="id"))
        ui.line("Below", press.series("below"), window="10m")

    return plant


def charts_screen(press: cd.Channel, title: str, num_charts: int) -> cd.DashboardScreen:
    """Far more charts than fit on a screen."""

    @cd.screen(title, zone="UTC")
    def many(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Temperature", press.kpi("temperature"), spark=False)
        with ui.columns(3):
            for number in range(num_charts):
                ui.line(f"Chart {number}", press.series("pressure"), window="10m", key=f"chart{number}")

    return many


def polled_screen(folder: Path) -> cd.DashboardScreen:
    def read(name: str) -> int:
        with (folder / f"{name}.reads").open("a") as file:
            file.write(f"{time.monotonic()}\n")
        while (folder / "hold").exists():
            threading.Event().wait(0.02)
        return len((folder / f"{name}.reads").read_text().split())

    def counted(name: str) -> Callable[[], int]:
        def count() -> int:
            return read(name)

        return count

    tick = cd.source(every="0.1s", name="tick")(counted("tick"))
    deep = cd.source(every="0.1s", name="deep")(counted("deep"))

    @cd.source(every="30s", name="broken")
    def broken() -> float:
        read("broken")
        if (folder / "broken").exists():
            raise RuntimeError(f"no answer from the kiln {PAYLOAD}")
        return 7.0

    @cd.screen("Polled", zone="UTC", intervals=["0.1s", "0.5s"])
    def polled(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        with ui.columns(2):
            ui.kpi("Tick", tick)
            ui.kpi("Kiln", broken)
        ui.text("Filler", "\n".join("a line of text" for _ in range(100)))
        ui.kpi("Deep", deep)

    return polled


def pulse_screen(pulse: cd.Channel, folder: Path) -> cd.DashboardScreen:
    tokens = cd.DesignTokens()
    if (folder / "accent").exists():
        tokens = tokens.replace(light=tokens.light.replace(accent=(folder / "accent").read_text()))

    @cd.screen("Pulse", zone="UTC", tokens=tokens)
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        with ui.columns(2):
            ui.kpi("Beat", pulse.kpi("beat"))
            ui.line("Wave", pulse.series("wave"), color=tokens.colors.accent)

    return screen


def quick_screen(quick: cd.Channel) -> cd.DashboardScreen:
    """Charts that move on by many pixels a second."""

    @cd.screen("Quick", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        with ui.columns(2):
            ui.line("Dense", quick.series("dense"), quick.series("gaps"), quick.series("ended"), window="12s")
            ui.line("Filled", quick.series("filled"), window="12s", fill=True)
            ui.line("Named", quick.series("filled"), window="12s", references=[cd.reference(2, "limit")])

    return screen


def buckets_screen() -> cd.DashboardScreen:
    """Quarters of days, of which the last one is that of the present."""
    per_quarter = cd.channel("kiln", keep="3d").series("heat").resample("6h").mean()

    @cd.screen("Buckets", zone="UTC")
    def buckets(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        with ui.columns(2):
            ui.line("Kiln", per_quarter.named("mean"), window="2d")
            ui.bar("Quarters", per_quarter.table())
            ui.table("Rows", per_quarter.table().tail(3))
            ui.kpi("Newest", per_quarter, format=cd.number(decimals=0))

    return buckets


def past_at(x: float) -> float:
    """What the database of the spliced line says of a wall second."""
    return math.sin(x / 7200)


def spliced_screen(press: cd.Channel, folder: Path) -> cd.DashboardScreen:
    """A line whose past is read from a database when somebody looks there."""
    end = int(time.time()) // PAST_STEP_SECS * PAST_STEP_SECS
    file = folder / "past.db"
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE readings (id INTEGER PRIMARY KEY, ts REAL, bar REAL)")
        times = range(end - PAST_SECS, end + 1, PAST_STEP_SECS)
        database.executemany("INSERT INTO readings (ts, bar) VALUES (?, ?)", [(x, past_at(x)) for x in times])
        database.commit()
    readings = cd.database(f"sqlite:///{file}").query(
        "SELECT id, ts, bar FROM readings", time="ts", every="30s", keep=PAST_KEPT
    )
    line = cd.splice(history=readings.series("bar"), live=press.series("spliced"), name="Bar")

    @cd.screen("Spliced", zone="UTC")
    def spliced(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        with ui.columns(2):
            ui.line("Bar", line, window="10m")
            ui.line("Beside", press.series("pressure"), window="10m")

    return spliced


def chosen_screen() -> cd.DashboardScreen:
    """Filters of thousands of values, and of three."""

    @cd.source(every="1h", name="customers", key="id")
    def customers() -> list[dict[str, object]]:
        sizes = ("Small", "Medium", "Large")
        return [{"id": n, "customer": f"Élan {n}", "size": sizes[n % 3], "amount": n} for n in range(NUM_CUSTOMERS)]

    @cd.screen("Chosen", zone="UTC")
    def chosen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.filter("customer", label="Customer", several=True)
        ui.filter("size", label="Size", options=["Small", "Medium", "Large"])
        ui.kpi("Amount", customers.sum("amount"))

    return chosen


def rows_screen(press: cd.Channel) -> cd.DashboardScreen:
    """Rows that can be chosen, each in the order in which they were sent."""

    @cd.screen("Rows", zone="UTC")
    def rows(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.table("Events", press.table("events", key="id"), to="plant")
        ui.kpi("After", press.kpi("temperature"), note="where Tab goes next")

    return rows


def hostile_screen(press: cd.Channel, broken: object = None) -> cd.DashboardScreen:
    """Script in every string that a program may take from somebody else."""

    @cd.screen(f"Hostile {PAYLOAD}", slug="hostile", zone="UTC")
    def hostile(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.section(f"Section {PAYLOAD}")
        with ui.columns(2):
            ui.kpi(f"Card {PAYLOAD}", press.kpi("hostile"), key="card", unit=PAYLOAD, note=PAYLOAD)
            ui.kpi("Number", press.kpi("temperature"), key="number", unit=PAYLOAD)
        with ui.columns(2):
            marks = [cd.reference(1, PAYLOAD)]
            one, two = press.series("left", label=f"One {PAYLOAD}"), press.series("right", label=f"Two {PAYLOAD}")
            ui.line(f"Line {PAYLOAD}", one, two, key="line", unit=PAYLOAD, references=marks)
            ui.bar(f"Bar {PAYLOAD}", press.table("hostile"), key="bar", unit=PAYLOAD)
        with ui.columns(2):
            ui.pie(f"Pie {PAYLOAD}", press.table("hostile"), key="pie", unit=PAYLOAD)
            ui.table(f"Table {PAYLOAD}", press.table("hostile"), key="table")
        ui.text(f"Text {PAYLOAD}", f"Body {PAYLOAD}", key="text")

    return hostile


def make_program(folder: Path) -> cd.Program:
    press, pulse = cd.channel("press"), cd.channel("pulse", expect="1s")
    many = [buckets_screen(), charts_screen(press, "Many", NUM_MANY), charts_screen(press, "Most", NUM_MOST)]
    return cd.Program(
        [
            plant_screen(press),
            *many,
            pulse_screen(pulse, folder),
            quick_screen(cd.channel("quick")),
            rows_screen(press),
            hostile_screen(press),
            polled_screen(folder),
            chosen_screen(),
            spliced_screen(press, folder),
        ],
    )


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    program = make_program(folder)
    engine = Engine(program, linger_secs=LINGER_SECS)
    listener = bind_socket("127.0.0.1", port)

    def announce() -> None:
        sys.stdout.write(f"{url_of(listener)}\n")
        sys.stdout.flush()

    server = Server(asgi_app(program, engine=engine), on_ready=announce)
    try:
        server.run(sockets=[listener])
    finally:
        engine.stop()
        listener.close()


if __name__ == "__main__":
    main()

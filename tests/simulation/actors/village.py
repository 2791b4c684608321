"""An agent who collects for everybody at once: a list, one order, one code; while the people go their own ways."""

from dataclasses import dataclass

from canbao.basics.refusals import BadInput
from canbao.faces.cli.demo.people import id_number
from canbao.records.models import Bill, Order, OrderLine
from canbao.services.money.collective.follow import cancel_order, code_of
from canbao.services.money.collective.gather import open_collection
from canbao.services.money.collective.read import keep
from canbao.services.system.places import Unit, put_units
from tests.simulation.people import RETRY_S, Resident, until_known
from tests.simulation.scenes import SCENES
from tests.simulation.world import Done, World

CHANNEL = "wechat"


def put_villages() -> None:
    """A village in each scene's place, once."""
    put_units([Unit(f"{area}V01", "东村", "village", area) for area in {scene.area for scene in SCENES}])


@dataclass
class Village:
    """`world.villages` remembers whose part of which order is how much."""

    world: World
    list_id: int = 0
    tries: int = 0

    def plan(self, faults_s: float) -> None:
        """Bring the list once, perhaps again."""
        for _ in range(self.world.rng.choice((1, 1, 2))):
            self.world.after(self.world.rng.uniform(600, faults_s - 3_600), self.bring)

    def bring(self) -> None:
        """Read the list as it stands in the village's own book."""
        scene = self.world.scene
        rows = [
            f"{name_of(one)},{id_number(scene.area, scene.birth, one.place * 2 + 1)}"
            for one in self.world.residents
        ]
        body = ("姓名,身份证号\n" + "\n".join(rows)).encode()

        def kept(done: Done) -> None:
            self.list_id = done.value.id
            self.collect()

        until_known(self.world, "office", lambda env: keep(env, f"{scene.area}V01", [body]), kept)

    def collect(self) -> None:
        """Open one order for whoever can be paid for; the agent has asked everybody (CZ-09)."""
        if not self.world.faulty:
            return
        for one in self.world.residents:
            one.said_no = True
        done = self.world.run(
            "office", "staff:村", lambda env: open_collection(env, self.list_id, CHANNEL, asked=True)
        )
        self.tries += 1
        if done.value:
            self._remember(done.value)
            for one in self.world.residents:
                one.zero_tried = True  # whoever owes nothing is confirmed along with the others
            self.world.after(self.world.rng.uniform(0, 600), self.show_code)
        elif not done.is_known or not isinstance(done.refusal, BadInput):
            for one in self.world.residents:
                one.zero_tried = True
            if self.tries < 12:
                self.world.after(self.world.rng.choice(RETRY_S), self.collect)

    def show_code(self) -> None:
        """Somebody scans the code, late, twice, or never; or the agent lets the order go."""
        done = self.world.run("office", "staff:村", lambda env: code_of(env, self.list_id, CHANNEL))
        self.tries += 1
        rng = self.world.rng
        if done.value:
            order, number = done.value
            self._remember(order)
            if number.isdigit() and rng.random() < 0.75:
                self.world.machine.counts["codes_scanned"] += 1
                self.world.after(rng.uniform(0, 3_000), lambda: self.world.channels[CHANNEL].take(number))
            if rng.random() < 0.15:
                self.world.after(rng.uniform(60, 3_000), self.let_go)
        elif self.tries < 12:
            self.world.after(rng.choice(RETRY_S), self.show_code)

    def let_go(self) -> None:
        self.world.run("office", "staff:村", lambda env: cancel_order(env, self.list_id))

    def _remember(self, order: Order) -> None:
        with self.world.machine.quiet():
            lines = OrderLine.objects.filter(order_no=order.order_no).values_list("bill_id", "amount_fen")
            owners = dict(
                Bill.objects.filter(id__in=[id_ for id_, _ in lines]).values_list("id", "person_id")
            )
        people = {one.id: one.place for one in self.world.residents}
        self.world.villages[order.order_no] = {people[owners[id_]]: fen for id_, fen in lines}
        self.world.machine.counts["village_lines"] += len(lines)


def name_of(one: Resident) -> str:
    """As it was registered."""
    return f"张小{'一二三四五六'[one.place]}"

"""What the names of stages say, in the languages and with the ornaments that people give them."""

import re

import pytest

from qualscore import deliveries

WORDS = deliveries.stage_words()
STAGES = {
    "won": """Closed Won | closedwon | 6 - Closed Won | Sales Pipeline: Closed won (100%) | [9] Closed Won | CLOSED_WON |
Closed Won Renewal | Closed/Won | 🏆 WON! | 06 - Deal won | Closed Won (Lost Leads Pipeline) | Gewonnen |
7. Geschlossen - gewonnen | Win | Gagnée à 100 % | Cerrada ganada | Fechado: ganho | Chiuso / vinto | Wygrana (Sprzedaż) |
Vunnen | Vundet | Voitettu | 5. Uzavřeno – vyhráno (Prodej) | Kazanıldı | Megnyert üzlet | Câștigat | Κερδισμένο |
Сделка выиграна | Угоду виграно | 05_受注（100%） | 赢单 | 贏單 | 수주 성공 | تم الفوز | זכייה | Gesloten - gewonnen | Lukket vundet""",
    "lost": """Closed Lost | Closed Lost - price | Closed-Lost to Competition | Stage 7: Closed Lost | Lost to a competitor | Not won |
Rejected | No ganada | Closed Lost / No budget | Nicht gewonnen | Verloren wegen Preis | Perdue (prix) | Perdida | Perso | Przegrana |
Förlorad | Tabt | Hävitty | Prohráno | Kaybedildi | Elveszett | Pierdut | Сделка проиграна | 失注 | 输单 | 실주""",
    "open": """3. Negotiation (Partner Pipeline) | Demo (Lost Leads Revival) | Proposal (Won Accounts) | Wonders Pipeline - Proposal |
Qualified To Buy | Id. Decision Makers | 4-Close | Forhandling | Angebot | Lost deals: Negotiation | contractsent""",
    None: """Won't proceed | Wonky | Wonder | Lostwood visit | Almost won | To be won back | Not won yet | Won / lost | Stage 3 | 20% |
Not lost""",
}


@pytest.mark.parametrize(
    ("outcome", "stage"), [(outcome, stage) for outcome, stages in STAGES.items() for stage in re.split(r"\s*\|\s*", stages)]
)
def test_the_outcome_of_a_stage(outcome: str | None, stage: str) -> None:
    assert WORDS.outcome(stage) == outcome


def test_a_mapping_names_its_own_stages() -> None:
    own = WORDS.extended({"won": ["Freigabe", "Signed!"], "open": ["Closed Won"]})
    assert [own.outcome(it) for it in ("7. Freigabe", "signed", "Closed won", "Lost")] == ["won", "won", "open", "lost"]

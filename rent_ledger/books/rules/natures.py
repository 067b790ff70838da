"""Sets of natures, read from their registry.

`leases.contracts.natures` is the registry; it cites the texts, see docs/law.md A1.3c.
"""

from leases.contracts.natures import RENT_TERM_NATURES, Nature, NatureRule

# By code, for whoever reads rows of the database.
NATURES: dict[str, NatureRule] = {nature.value: nature.rule for nature in Nature}

BENEFIT_THRESHOLD_NATURES = frozenset(n for n in Nature if n.rule.counts_for_benefit_threshold)
CCAPEX_NATURES = frozenset(n for n in Nature if n.rule.counts_for_ccapex)
QUITTANCE_NATURES = frozenset(n for n in Nature if n.rule.counts_for_quittance)
HOUSING_NATURES = frozenset(n for n in Nature if n.rule.is_housing)
# Of a rent term: what a housing benefit is paid on.
BENEFIT_BASE = frozenset(n for n in RENT_TERM_NATURES if n.rule.is_benefit_base)
# Money that moves: never a debt.
MONEY_NATURES = frozenset({Nature.PAYMENT, Nature.REFUND, Nature.BENEFIT, Nature.TRANSFER})

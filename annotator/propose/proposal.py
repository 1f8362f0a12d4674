"""What proposers give and what a proposer is; the values live in `core` because the store and pages hold them."""

from annotator.core.proposal import Proposal, Proposer

__all__ = ["Proposal", "Proposer"]

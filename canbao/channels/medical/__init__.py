"""Medical insurance: collection details and cover out, its word on each row back."""

from canbao.channels.medical.client import MedicalInsurance

__all__ = ["MedicalInsurance"]

"""Names and questions in Chinese and English, read and answered; what is not understood is never guessed at."""

from kg.resolve.model import Answer, Candidate, Form, Reading, Resolution, Suggestion
from kg.resolve.resolver import LONGEST, Resolver

__all__ = ["LONGEST", "Answer", "Candidate", "Form", "Reading", "Resolution", "Resolver", "Suggestion"]

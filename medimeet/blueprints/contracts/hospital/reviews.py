"""Reviews: everybody reads them, patients write what they think of doctors who have treated them."""

from collections.abc import Sequence
from typing import Any

from medimeet.blueprints.contracts.hospital.blueprint import bp
from medimeet.blueprints.contracts.hospital.schemas import visits as schemas
from medimeet.domain.wall_clock import to_wall
from medimeet.models import Review
from medimeet.services import access, reviews
from medimeet.web.guard import allow
from medimeet.web.paging import page_example, page_of
from medimeet.web.signed_in import current_actor

BODY_EXAMPLE = {"doctor": 1, "body": "She listened, and explained what to do.", "rating": "⭐⭐⭐⭐⭐"}


@bp.get("/reviews/")
@allow(access.anyone)
@bp.arguments(schemas.ReviewQuery, location="query")
@bp.response(200, schemas.ReviewPage, example=page_example(schemas.REVIEW_EXAMPLE))
def list_reviews(asked: dict[str, Any]) -> dict[str, Any]:
    """GET /reviews/: what patients say of the clinic's doctors, the newest first."""
    by_reviewer = asked.pop("reviewer", None)
    found = reviews.listed(
        current_actor(), doctor_id=asked.pop("doctor", None), patient_id=asked.pop("reviwer", by_reviewer), **asked
    )
    return {**page_of(found), "results": _shown(found.items)}


@bp.post("/reviews/")
@allow(access.signed_in)
@bp.arguments(schemas.ReviewBody, location="body", example=BODY_EXAMPLE)
@bp.response(201, schemas.ReviewItem, example=schemas.REVIEW_EXAMPLE)
def write_review(sent: dict[str, Any]) -> dict[str, Any]:
    """POST /reviews/: a patient's review of the latest visit to a doctor that they have not reviewed yet.

    A doctor who has not treated them is a 403; where every visit is reviewed already, a 409.
    """
    written = reviews.write_of_doctor(current_actor(), sent["doctor"], rating=sent["rating"], body=sent["body"])
    return _shown([written])[0]


@bp.get("/reviews/<int:review_id>/")
@allow(access.anyone)
@bp.response(200, schemas.ReviewItem, example=schemas.REVIEW_EXAMPLE)
def show_review(review_id: int) -> dict[str, Any]:
    """GET /reviews/{id}/: one review."""
    return _shown([reviews.find(current_actor(), review_id)])[0]


@bp.put("/reviews/<int:review_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.ReviewBody, location="body", example=BODY_EXAMPLE)
@bp.response(200, schemas.ReviewItem, example=schemas.REVIEW_EXAMPLE)
def replace_review(sent: dict[str, Any], review_id: int) -> dict[str, Any]:
    """PUT /reviews/{id}/: one's own review with other words and stars; it stays with its doctor."""
    return _changed(review_id, sent)


@bp.patch("/reviews/<int:review_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.ReviewBody(partial=True), location="body", example={"rating": "⭐⭐⭐⭐"})
@bp.response(200, schemas.ReviewItem, example=schemas.REVIEW_EXAMPLE)
def change_review(sent: dict[str, Any], review_id: int) -> dict[str, Any]:
    """PATCH /reviews/{id}/: as PUT, with only the fields that change."""
    return _changed(review_id, sent)


@bp.delete("/reviews/<int:review_id>/")
@allow(access.signed_in)
@bp.response(204)
def delete_review(review_id: int) -> None:
    """DELETE /reviews/{id}/: takes away one's own review, or any as the clinic's admin."""
    reviews.remove(current_actor(), review_id)


def _changed(review_id: int, sent: dict[str, Any]) -> dict[str, Any]:
    changed = reviews.change(current_actor(), review_id, rating=sent.get("rating"), body=sent.get("body"))
    return _shown([changed])[0]


def _shown(found: Sequence[Review]) -> list[dict[str, Any]]:
    """The reviews as this contract prints them."""
    zone = current_actor().clinic.zone
    return [
        {
            "id": review.id,
            "reviewer": review.reviewer,
            "doctor_name": review.doctor.name,
            "body": review.body,
            "created_on": to_wall(review.created_at, zone).date(),
            "rating": review.rating,
        }
        for review in found
    ]

"""Graph API errors: code and subcode in the body are decisive, not the HTTP status (sheet, section 4)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

BAD_REQUEST, FORBIDDEN, NOT_FOUND = 400, 403, 404


class GraphError(Exception):
    """An error response: code, optional subcode, and whether it is transient."""

    def __init__(self, code: int, message: str, *, subcode: int | None = None, status: int = BAD_REQUEST) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode, self.status = code, message, subcode, status

    def body(self) -> dict[str, object]:
        error: dict[str, object] = {
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "is_transient": self.code == NOT_READY,
            "fbtrace_id": "Asandbox0000000000000",
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error}


NOT_READY = 2601


def bad_parameter(message: str) -> GraphError:
    return GraphError(100, f"(#100) {message}")


def missing_object(node: str) -> GraphError:
    return GraphError(100, f"Unsupported get request. Object with ID '{node}' does not exist", subcode=33)


async def error_response(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, GraphError):
        raise error
    return JSONResponse(error.body(), error.status)

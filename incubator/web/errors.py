"""Pages for what went wrong: in both languages, without a detail of the inside, and with what to do next."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from incubator.extensions import db
from incubator.values.words import Words
from incubator.web.filters import said

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


class Mishap(NamedTuple):
    """What is said about one kind of error: what happened, and what helps."""

    title: Words
    advice: Words


EXPIRED = Mishap(
    Words("表单已失效", "This form has expired"),
    Words(
        "登录状态在打开表单之后变了。请返回上一页并刷新，再提交一次；什么都没有保存。",
        "Your sign-in changed after the form was opened. Go back, reload and send it again; nothing was saved.",
    ),
)
UNREADABLE = Mishap(
    Words("请求无法读取", "The request could not be read"),
    Words("请返回上一页重试。", "Please go back and try again."),
)
BROKEN = Mishap(
    Words("系统出错了", "Something broke"),
    Words(
        "这是我们的差错，未完成的操作没有保存。请重试；若仍出错，请把编号告诉管理员。",
        "This is our fault; what was not finished was not saved. Try again; if it stays, tell the number below.",
    ),
)
MISHAPS = {
    403: Mishap(
        Words("没有权限", "You may not do this"),
        Words(
            "您的角色不能打开这一页或进行这一操作。需要时请联系省级管理员。",
            "Your role does not allow this page or action. Ask the province administrator if you need it.",
        ),
    ),
    404: Mishap(
        Words("没有这一页", "There is no such page"),
        Words(
            "地址可能有误，或您不能查看它所属的园区。",
            "The address may be wrong, or it belongs to a site that you cannot see.",
        ),
    ),
    405: Mishap(
        Words("不能这样打开", "This cannot be opened that way"),
        Words("请从页面上的按钮进行这一操作。", "Please use the button on the page for this."),
    ),
    413: Mishap(
        Words("文件太大", "This file is too large"),
        Words("一次最多上传 {n} MB。请拆分后再传。", "At most {n} MB are taken at once. Split the file and try again."),
    ),
    500: BROKEN,
}


class Application(Flask):
    """Flask, whose log names each failure by the number that its page shows."""

    def log_exception(self, exc_info: Any) -> None:
        """Log a failure in one record: number, method, address, traceback."""
        g.failure = secrets.token_hex(6)
        self.logger.error("failure %s: %s %a", g.failure, request.method, request.path, exc_info=exc_info)


def register(app: Flask) -> None:
    """Answer errors with pages of ours."""
    app.register_error_handler(HTTPException, _answer)


def _answer(error: HTTPException) -> Response:
    """Answer an error; what it was about to write is undone first."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    db.session.rollback()
    status = error.code or 500
    kept = [(name, value) for name, value in error.get_headers() if name in {"Allow", "Retry-After"}]
    return make_response(_page(status, _mishap(error, status)), status, kept)


def _mishap(error: HTTPException, status: int) -> Mishap:
    if isinstance(error, CSRFError):
        return EXPIRED
    found = MISHAPS.get(status, BROKEN if status > 500 else UNREADABLE)
    megabytes = (current_app.config["MAX_CONTENT_LENGTH"] or 0) // 2**20
    return Mishap(found.title, found.advice.fill(n=megabytes))


def _page(status: int, mishap: Mishap) -> str:
    """Draw the page; when even that fails, as without a database, the bare words."""
    failure = g.get("failure", "")
    try:
        return render_template("errors/error.html", status=status, mishap=mishap, failure=failure)
    except Exception:
        current_app.logger.exception("the page of an error could not be drawn")
        return f"<!doctype html><title>{status}</title><p>{said(mishap.title)} {said(mishap.advice)} {failure}"

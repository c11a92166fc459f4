#!/usr/bin/env python3
"""What transformers renders by chat templates of the kinds that models have, and by snippets of the language.

    python make_templates.py      (needs what ../python/requirements.txt names)

Reads templates/*.jinja, templates/conversations.jsonl, tools.json and snippets.json, writes templates/expected.json: for each
template each conversation, without and with tools and a generation prompt, then the snippets. An error is {"error": its words}.
The templates are written after those that models of these names are published with.
"""
import datetime, json, pathlib
import transformers.utils.chat_template_utils as utils

FOLDER = pathlib.Path(__file__).resolve().parent / "templates"


class Fixed(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 11, 26, 7, 5, 9)


utils.datetime = Fixed


def rendered(template, variables):
    try:
        return utils._compile_jinja_template(template).render(**variables)
    except Exception as e:
        return {"error": getattr(e, "message", None) or str(e)}


conversations = [json.loads(x)["messages"] for x in (FOLDER / "conversations.jsonl").read_text(encoding="utf-8").splitlines()]
tools = json.loads((FOLDER / "tools.json").read_text(encoding="utf-8"))
expected = {"templates": {}, "snippets": []}
for file in sorted(FOLDER.glob("*.jinja")):
    expected["templates"][file.stem] = [
        rendered(file.read_text(encoding="utf-8"), {
            "messages": messages, "tools": given, "documents": None, "add_generation_prompt": prompt,
            "bos_token": "<s>", "eos_token": "</s>"})
        for messages in conversations for given in (None, tools) for prompt in (False, True)]
for snippet in json.loads((FOLDER / "snippets.json").read_text(encoding="utf-8")):
    messages = [
        {"role": "user", "content": "  hi\n", "n": 3, "f": 1.5, "b": True},
        {"role": "assistant", "content": "A & <b>\u00a0"},
        {"role": "user", "content": "c\U0001f469\u200d\U0001f469\u200d\U0001f467 \u00e9"}]
    expected["snippets"].append(rendered(snippet, {"messages": messages}))
(FOLDER / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")

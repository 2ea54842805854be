"""Renders the Helm chart with each file of its examples, or with the files that are named, lints it, and validates what comes
out strictly.

Needs PyPI's helm-python-sdk 0.2.2, kubernetes-validate 1.37.0 and PyYAML (scripts/install-chart-tools.sh).
Prints one JSON object: for each file the rendered documents, by kind and name. Ends with 1 when something is wrong.
"""

import json
import pathlib
import sys

import helm_python
import kubernetes_validate
import yaml

chart = pathlib.Path(__file__).parent.parent / "deploy/helm/holdfast"
# Kinds that are not Kubernetes' own: their schemas are not here.
foreign = {"ServiceMonitor", "AuthorizationPolicy"}
versions = ["1.30", "1.37"]
problems = []
rendered = {}

named = [pathlib.Path(name) for name in sys.argv[1:]]
for file in named or sorted((chart / "examples").glob("*.yaml")):
    values = yaml.safe_load(file.read_text())
    report = helm_python.lint(str(chart), values)
    messages = report.get("messages") or report.get("Messages") or []
    problems += [f"{file.name}: lint: {m}" for m in messages if "icon" not in json.dumps(m).lower()]
    texts = helm_python.Chart.load(str(chart)).render(values, name="id", namespace="login", is_install=True)
    documents = []
    for name, text in texts.items():
        if not name.endswith(".yaml"):
            continue
        documents += [document for document in yaml.safe_load_all(text) if document]
    for document in documents:
        if document["kind"] in foreign:
            continue
        for version in versions:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except Exception as error:
                problems.append(f"{file.name}: {document['kind']} ({version}): {str(error).splitlines()[0]}")
    rendered[file.stem] = documents

# What the schema of the values does not know stops an installation.
for wrong in ({"replica": 3}, {"kind": "DaemonSet"}, {"database": {"password": "x"}}):
    try:
        helm_python.Chart.load(str(chart)).render({"database": {"url": "postgres://db/x"}, **wrong}, name="id")
        problems.append(f"the schema takes {wrong}")
    except helm_python.HelmError:
        pass

json.dump({"problems": problems, "rendered": rendered}, sys.stdout)
sys.exit(1 if problems else 0)

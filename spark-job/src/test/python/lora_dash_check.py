"""Trains and predicts through lora_dash, saves the pipeline, loads it, and writes what both say; LoraDashPythonTest reads it."""

import sys

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.feature import StringIndexer
from pyspark.sql import SparkSession

from lora_dash import LoraDashClassifier, LoraDashClassifierModel, LoraDashGenerator

model, texts, generating, questions, directory = sys.argv[1:]
session = SparkSession.builder.getOrCreate()

rows = session.read.parquet(texts)
classifier = LoraDashClassifier(
    modelPath=model,
    runsPath=f"{directory}/runs",
    textCol="sentence",
    settings=["adapter.rank=4", "adapter.alpha=8", "adapter.targets=[query, value]", "dash.directions=2"]
    + ["dash.pre-launch-steps=2", "training.steps=4", "training.local-steps=2", "training.batch-size=8"],
)
assert classifier.getLabelCol() == "label" and classifier.getTextCol() == "sentence"
fitted = Pipeline(stages=[StringIndexer(inputCol="about", outputCol="label"), classifier]).fit(rows)
fitted.write().save(f"{directory}/saved")
loaded = PipelineModel.load(f"{directory}/saved")
assert isinstance(loaded.stages[1], LoraDashClassifierModel), loaded.stages
assert loaded.stages[1].getRunPath().endswith("/run"), loaded.stages[1].getRunPath()
fitted.transform(rows).write.parquet(f"{directory}/fitted")
loaded.transform(rows).write.parquet(f"{directory}/loaded")
session.createDataFrame([(fitted.stages[1].getRunPath(),)], "path string").write.parquet(f"{directory}/run")

generator = LoraDashGenerator(modelPath=generating, runsPath=f"{directory}/runs", responseCol="output")
generator.setPromptCol("instruction").setSettings(
    ["adapter.rank=2", "adapter.method=lora", "training.steps=1", "training.local-steps=1", "training.workers=1"]
)
said = generator.fit(session.read.parquet(questions)).setSettings(["evaluation.max-tokens=3"])
assert said.transform(session.read.parquet(questions).limit(2)).select("prediction").count() == 2
session.stop()

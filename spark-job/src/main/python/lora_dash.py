"""LoRA-Dash in PySpark: Spark ML estimators that learn the classes of texts, or to respond to prompts, and their models.

    from lora_dash import LoraDashClassifier
    model = LoraDashClassifier(modelPath="MODEL", runsPath="RUNS", textCol="review", labelCol="stars").fit(reviews)
    model.transform(others).select("review", "prediction")

Everything is computed by the Java classes of org.loradash.ml; this module gives Python their params.
"""

import sys

from pyspark import keyword_only
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel

__all__ = ["LoraDashClassifier", "LoraDashClassifierModel", "LoraDashGenerator", "LoraDashGeneratorModel"]

# PySpark finds the Java class of a Python stage, and the other way round, by its module and name.
_JAVA = "org.loradash.ml"
sys.modules[_JAVA] = sys.modules[__name__]


class _Stage(Params):
    def __init_subclass__(cls, **arguments):
        super().__init_subclass__(**arguments)
        cls.__module__ = _JAVA


class _Params(_Stage):
    """What estimators and models have in common."""

    modelPath = Param(Params._dummy(), "modelPath", "the model's directory, a Hugging Face one", TypeConverters.toString)
    settings = Param(Params._dummy(), "settings", "settings of the command lora-dash, each key=value", TypeConverters.toListString)
    predictionCol = Param(Params._dummy(), "predictionCol", "the column of predictions", TypeConverters.toString)

    def getModelPath(self):
        return self.getOrDefault(self.modelPath)

    def setModelPath(self, value):
        return self._set(modelPath=value)

    def getSettings(self):
        return self.getOrDefault(self.settings)

    def setSettings(self, value):
        return self._set(settings=value)

    def getPredictionCol(self):
        return self.getOrDefault(self.predictionCol)

    def setPredictionCol(self, value):
        return self._set(predictionCol=value)


class _Fitting(Params):
    """What estimators have alone."""

    runsPath = Param(Params._dummy(), "runsPath", "the directory of runs, which driver and executors reach", TypeConverters.toString)
    configuration = Param(Params._dummy(), "configuration", "a configuration file of the command lora-dash", TypeConverters.toString)

    def getRunsPath(self):
        return self.getOrDefault(self.runsPath)

    def setRunsPath(self, value):
        return self._set(runsPath=value)

    def getConfiguration(self):
        return self.getOrDefault(self.configuration)

    def setConfiguration(self, value):
        return self._set(configuration=value)


class _Classifying(_Params):
    """What a classifier and its model have in common."""

    textCol = Param(Params._dummy(), "textCol", "the column of texts", TypeConverters.toString)
    pairCol = Param(Params._dummy(), "pairCol", "the column of second texts, where texts come in pairs", TypeConverters.toString)
    labelCol = Param(Params._dummy(), "labelCol", "the column of classes, texts or numbers", TypeConverters.toString)
    probabilityCol = Param(Params._dummy(), "probabilityCol", "the column of the probabilities of all classes, in their order", TypeConverters.toString)

    def getTextCol(self):
        return self.getOrDefault(self.textCol)

    def setTextCol(self, value):
        return self._set(textCol=value)

    def getPairCol(self):
        return self.getOrDefault(self.pairCol)

    def setPairCol(self, value):
        return self._set(pairCol=value)

    def getLabelCol(self):
        return self.getOrDefault(self.labelCol)

    def setLabelCol(self, value):
        return self._set(labelCol=value)

    def getProbabilityCol(self):
        return self.getOrDefault(self.probabilityCol)

    def setProbabilityCol(self, value):
        return self._set(probabilityCol=value)


class _Generating(_Params):
    """What a generator and its model have in common."""

    promptCol = Param(Params._dummy(), "promptCol", "the column of prompts", TypeConverters.toString)
    contextCol = Param(Params._dummy(), "contextCol", "the column of what the prompts are about, where there is one", TypeConverters.toString)
    responseCol = Param(Params._dummy(), "responseCol", "the column of responses to learn", TypeConverters.toString)
    messagesCol = Param(Params._dummy(), "messagesCol", "the column of conversations, arrays of role and content, in place of prompts", TypeConverters.toString)

    def getPromptCol(self):
        return self.getOrDefault(self.promptCol)

    def setPromptCol(self, value):
        return self._set(promptCol=value)

    def getContextCol(self):
        return self.getOrDefault(self.contextCol)

    def setContextCol(self, value):
        return self._set(contextCol=value)

    def getResponseCol(self):
        return self.getOrDefault(self.responseCol)

    def setResponseCol(self, value):
        return self._set(responseCol=value)

    def getMessagesCol(self):
        return self.getOrDefault(self.messagesCol)

    def setMessagesCol(self, value):
        return self._set(messagesCol=value)


class _Estimator(_Fitting, JavaEstimator, JavaMLReadable, JavaMLWritable):
    def _begin(self, params):
        self._java_obj = self._new_java_obj(f"{_JAVA}.{type(self).__name__}", self.uid)
        self._transfer_params_from_java()
        self._set(**params)


class _Model(JavaModel, JavaMLReadable, JavaMLWritable):
    runPath = Param(
        Params._dummy(), "runPath", "the directory of the run that made the model", TypeConverters.toString
    )

    def __init__(self, java_model=None):
        super().__init__(java_model)
        if java_model is not None:
            self._transfer_params_from_java()

    def getRunPath(self):
        return self.getOrDefault(self.runPath)


class LoraDashClassifier(_Classifying, _Estimator):
    """Learns the classes of texts, or of pairs of texts."""

    labels = Param(
        Params._dummy(),
        "labels",
        "the classes in the order of their probabilities; if not set, those that rows have",
        TypeConverters.toListString,
    )

    @keyword_only
    def __init__(
        self,
        *,
        modelPath=None,
        runsPath=None,
        configuration=None,
        settings=None,
        textCol=None,
        pairCol=None,
        labelCol=None,
        labels=None,
        predictionCol=None,
        probabilityCol=None,
    ):
        super().__init__()
        self._begin(self._input_kwargs)

    def getLabels(self):
        return self.getOrDefault(self.labels)

    def setLabels(self, value):
        return self._set(labels=value)

    def _create_model(self, java_model):
        return LoraDashClassifierModel(java_model)


class LoraDashClassifierModel(_Classifying, _Model):
    """Adds the class of a text, a number where the classes that it learnt were numbers, and the probabilities of all."""


class LoraDashGenerator(_Generating, _Estimator):
    """Learns to respond to prompts, or to go on with conversations."""

    @keyword_only
    def __init__(
        self,
        *,
        modelPath=None,
        runsPath=None,
        configuration=None,
        settings=None,
        promptCol=None,
        contextCol=None,
        responseCol=None,
        messagesCol=None,
        predictionCol=None,
    ):
        super().__init__()
        self._begin(self._input_kwargs)

    def _create_model(self, java_model):
        return LoraDashGeneratorModel(java_model)


class LoraDashGeneratorModel(_Generating, _Model):
    """Adds what it responds."""

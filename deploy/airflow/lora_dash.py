"""
Trains with LoRA-Dash on Spark: one run a logical date, in a run directory that is fixed for that date.

A retry, or a cleared task, starts the same command on the same directory, and the job goes on from its newest whole
checkpoint; where the run is finished it ends at once. README.md beside this file says what must be there.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import DAG, Param, RetryDecision, RetryPolicy, Variable, get_current_context, task


class MistakesAreFinal(RetryPolicy):
    """
    The job ends with status 2 on a mistake in what it was given, which a further try would only repeat.

    A run directory that another driver still claims is one too, but passes: such a driver may be that of a try whose
    Airflow process has died.
    """

    def evaluate(self, exception, try_number, max_tries, context=None):
        told = str(exception)
        if "Error code is: 2." in told and "is in use" not in told:
            return RetryDecision.fail("a mistake in what the job was given; its line is in this log")
        return RetryDecision.default()


with DAG(
    dag_id="lora_dash",
    description="Fine-tunes a language model with LoRA-Dash on Spark, one run a logical date",
    doc_md=__doc__,
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    # After a pause, or on the first day, only the newest date is trained. Earlier ones are asked for: a backfill.
    catchup=False,
    # A run takes the cluster's cores for itself, so dates follow each other.
    max_active_runs=1,
    params={
        "configuration": Param(
            None, type=["null", "string"], description="A configuration in place of the Variable's, a path or a Hadoop URI"
        ),
        "settings": Param(
            [],
            type="array",
            items={"type": "string", "pattern": r"^(?!\s*run\.output\s*=)[^=]+=.*$"},
            description="Settings that go before the configuration's: key=value, but run.output is the date's",
        ),
    },
) as dag:

    @task(multiple_outputs=True, retries=3, retry_delay=timedelta(seconds=10))
    def submission(date: str) -> dict[str, object]:
        """What is submitted, fixed once: every try of `train` is the same though the Variable may change meanwhile."""
        given = Variable.get("lora_dash", deserialize_json=True)
        params = get_current_context()["params"]
        settings = [f"run.output={given['runs'].rstrip('/')}/{date}", *params["settings"]]
        return {
            "jar": given["jar"],
            "properties": given["properties"],
            "spark": given.get("spark", {}),
            "arguments": [
                "train",
                params["configuration"] or given["configuration"],
                *(word for setting in settings for word in ("--set", setting)),
            ],
        }

    fixed = submission("{{ ds }}")

    # Killed by hand, by the scheduler or by a time-out, the operator kills spark-submit: in client mode that is the
    # driver, and with its driver the application ends.
    SparkSubmitOperator(
        task_id="train",
        conn_id="lora_dash_spark",
        name="lora-dash {{ ds }}",
        java_class="org.loradash.cli.LoraDash",
        application=fixed["jar"],
        application_args=fixed["arguments"],
        properties_file=fixed["properties"],
        conf=fixed["spark"],
        # The driver's: its matrix library must not spread over cores, its tokenizers' library is the one for CPUs.
        env_vars={"OMP_NUM_THREADS": "1", "RUST_FLAVOR": "cpu"},
        # Of one try: what it has reached when its time is up is kept in checkpoints, and the next goes on there.
        execution_timeout=timedelta(hours=12),
        retries=5,
        retry_delay=timedelta(minutes=1),
        retry_exponential_backoff=2,
        max_retry_delay=timedelta(minutes=15),
        retry_policy=MistakesAreFinal(),
    )

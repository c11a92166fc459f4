# What lora-dash and tsd share, which set `command` and `script` and source this: JDK, memory, the environment of native
# libraries, and where the job's jar and Spark's are in the archive of a release.
#
#   root       the repository, or the directory of the archive
#   java       a JDK 17
#   released   not empty in the archive; then jar and spark, a directory of jars, are set too
#   quarter    of the machine's memory: the heap, if nobody says otherwise
#   matrices   memory beside the heap
#   log        a file for warnings and stack traces
# shellcheck shell=bash disable=SC2034,SC2154

root=$(cd -- "$(dirname -- "$script")/../.." && pwd)

stop() {
  printf '%s: %s\n' "$command" "$1" >&2
  exit "${2:-1}"
}

java=java
if [ -n "${JAVA_HOME:-}" ]; then
  java="$JAVA_HOME/bin/java"
fi
command -v "$java" >/dev/null || stop "no $java (JDK 17 must be on the PATH or at JAVA_HOME)"
version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = //p')
case "$version" in
  17 | 18 | 19 | 2[0-9]) ;;
  *) stop "$java has version ${version:-unknown} (must be 17 or later)" ;;
esac

released=
jar="$root/lib/lora-dash-0.1.0.jar"
if [ -f "$jar" ]; then
  released=yes
  spark="${SPARK_HOME:-}/jars"
  compgen -G "$spark/spark-core_2.12-3.5.*.jar" >/dev/null ||
    stop "SPARK_HOME: ${SPARK_HOME:-not set} (must be the directory of a Spark 3.5 for Scala 2.12, with its jars/)" 2
fi

megabytes=$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo 2>/dev/null || echo 0) / 1024))
# Matrices lie outside the heap: half of the memory, at least two gigabytes.
matrices=$((megabytes / 2 > 2048 ? megabytes / 2 : 2048))m
# The heap, if nobody says otherwise: a quarter of the memory, at least a gigabyte.
quarter=$((megabytes / 4 > 1024 ? megabytes / 4 : 1024))m

# The LAPACK of the decompositions knows no CPU that is newer than itself and would take the oldest code for one.
if grep -qw avx2 /proc/cpuinfo 2>/dev/null; then export OPENBLAS_CORETYPE="${OPENBLAS_CORETYPE:-Haswell}"; fi
# Java spells names and arguments as the locale does, and in cron, containers and schedulers that knows ASCII alone.
[ "$(locale charmap 2>/dev/null)" = UTF-8 ] || export LC_ALL=C.UTF-8
# What Spark and others warn of goes to a file.
log=${LORA_DASH_LOG:-${XDG_STATE_HOME:-${HOME:-/tmp}/.local/state}/lora-dash/log}

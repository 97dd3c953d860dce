"""What `spark-submit.sh` does before and around a job. Standard library only: it makes the environment that holds the rest."""

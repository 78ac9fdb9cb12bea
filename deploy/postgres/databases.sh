#!/bin/sh
# 第一次启动 PostgreSQL 时运行：两个库、两个账户，互相看不到对方的库。
set -eu
for name in prefect selfeval; do
    case $name in
        prefect) password=$PREFECT_DB_PASSWORD ;;
        selfeval) password=$SELFEVAL_DB_PASSWORD ;;
    esac
    psql -v ON_ERROR_STOP=1 -v name="$name" -v password="$password" \
        --username "$POSTGRES_USER" --dbname "${POSTGRES_DB:-postgres}" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done

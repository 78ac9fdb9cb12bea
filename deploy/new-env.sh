#!/bin/sh
# 由 env.example 生成 deploy/.env，填好随机口令；已经有 .env 的不动。
set -eu
cd "$(dirname "$0")"
if [ -e .env ]; then
    echo "deploy/.env 已经存在，没有改动。" >&2
    exit 1
fi
mkdir -p inbox backup certs
# 加密入口的账户要能读 logins，里面只有口令的散列。
[ -e logins ] || : >logins
umask 077
secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
login="selfeval:$(secret)"
while IFS= read -r line; do
    case $line in
        POSTGRES_PASSWORD= | PREFECT_DB_PASSWORD= | SELFEVAL_DB_PASSWORD= | REDIS_PASSWORD=) line=$line$(secret) ;;
        '#PREFECT_API_AUTH_STRING='*) line=PREFECT_API_AUTH_STRING=$login ;;
        PROXY_AUTHORIZATION=) line=$line$(printf %s "$login" | base64 | tr -d '\n') ;;
    esac
    printf '%s\n' "$line"
done <env.example >.env
echo "已生成 deploy/.env（口令在里面，不要外传）。接着填写其中的 UI_ADDRESS、发件和管理员邮箱。"

export NSS_WRAPPER_PASSWD=$PWD/passwd NSS_WRAPPER_GROUP=$PWD/group NSS_WRAPPER_SHADOW=$PWD/shadow
exec env LD_PRELOAD=libnss_wrapper.so timeout 20 /usr/sbin/sshd -D -r -f sshd_config -E log

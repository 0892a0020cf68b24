export NSS_WRAPPER_PASSWD=$PWD/passwd NSS_WRAPPER_GROUP=$PWD/group NSS_WRAPPER_SHADOW=$PWD/shadow PAM_WRAPPER=1 PAM_WRAPPER_SERVICE_DIR=$PWD/pam.d
exec env LD_PRELOAD="libnss_wrapper.so libpam_wrapper.so" timeout 20 /usr/sbin/sshd -D -r -f sshd_config2 -E log2

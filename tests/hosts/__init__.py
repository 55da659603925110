"""Test hosts that boot, reboot and end with the test: systemd-nspawn containers and QEMU machines.

With tests/ on PYTHONPATH:

    python -m hosts up FOLDER NAME=KIND:SUITE ...     start hosts (KINDs: keeper.py), write FOLDER/ssh_config
    python -m hosts down FOLDER                       end them and remove FOLDER
    ssh -F FOLDER/ssh_config NAME                     log in as root

Each host belongs to one keeper process, which ends it on request, when the process that asked for it is
gone, or when its time is up. Images are cached outside the tree.
"""

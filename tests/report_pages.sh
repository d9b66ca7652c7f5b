# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# The databases of the tests of slabsim report: source it, with $SLABSIM and
# $TEST_TMP set.
#
#	make_database FILE           a run and two lessons
#	make_hostile_database FILE   the same with names that try to get out

make_database()
{
	"$SLABSIM" run -q traces/samples/grow-shrink/trace.txt.xz \
		--machine 2x2 --slabs dentry --db "$1" >/dev/null &&
		"$SLABSIM" script workloads/lessons/05-remote-free.ops \
			--db "$1" &&
		"$SLABSIM" script workloads/lessons/13-task-struct.ops --db "$1"
}

make_hostile_database()
{
	cat >"$TEST_TMP/evil.ops" <<'END'
# lesson: </script><script>hacked=1</script>
# say: <img src=x onerror=hacked=1> "quotes" \u003c 
machine nodes=1 cpus=1
smp
create 0 <svg/onload=hacked=1> 192 0 -
a 0 <svg/onload=hacked=1> 1
# say: <img src=x onerror=hacked=1> </script><!--
f 0 1
END
	make_database "$1" &&
		"$SLABSIM" script "$TEST_TMP/evil.ops" --db "$1" &&
		sqlite3 "$1" "
UPDATE cache SET name = '</script><!--<script>hacked=1</script>'
  WHERE name = 'dentry';
UPDATE cache SET name = '<img src=x onerror=hacked=1>' || char(8232) || char(1)
  || CAST(x'ff' AS TEXT) WHERE name = 'filp';
UPDATE host_run SET label = '</title></svg><script>hacked=1</script>',
  trace_source = '\"><img src=x onerror=hacked=1>';
UPDATE lesson_step SET path = '<script>hacked=1</script>' WHERE step = 4;"
}

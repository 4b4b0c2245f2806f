namespace GopherMesh.Gopherctl.Rehearse.Pods;

/// <summary>
/// The shell script that each service runs under, so that no service outlives gopherctl, however that ends: the script's standard input is
/// a pipe whose other end only gopherctl holds, and the kernel closes it with gopherctl, also on kill -9. The service knows nothing of it:
/// its standard input is empty, its output goes to gopherctl, its exit code is passed on.
/// </summary>
internal static class Supervisor
{
    /// <summary>The shell that every Unix has.</summary>
    public const string Shell = "/bin/sh";

    /// <summary>
    /// Arguments of the shell are the service's command line; lines on the pipe are names of signals for the service.
    /// The guard is a process of its own, for a shell that waits cannot read; it also ends the service when the first shell is killed.
    /// Ctrl-C reaches every process of the terminal; here gopherctl decides who ends when.
    /// </summary>
    public const string Script = """
        trap '' INT HUP
        exec 3<&0
        "$@" </dev/null 3<&- &
        service=$!
        (
          while read -r signal <&3; do kill -s "$signal" "$service"; done
          kill -s KILL "$service"
        ) >/dev/null 2>&1 &
        guard=$!
        exec 3<&-
        wait "$service"
        code=$?
        kill -s KILL "$guard" 2>/dev/null
        exit "$code"
        """;
}

namespace GopherMesh.Gopherctl.Cli;

/// <summary>The exit codes of every command.</summary>
public static class ExitCode
{
    /// <summary>Done, and the verdict is good.</summary>
    public const int Success = 0;

    /// <summary>Done, and the verdict is negative: a request failed, a version answered that should not, the split is off, a check found an error, or a canary is worse.</summary>
    public const int NegativeVerdict = 1;

    /// <summary>Bad input: nothing was started or written.</summary>
    public const int BadInput = 2;

    /// <summary>Done, and there is no verdict: the evidence does not suffice for either.</summary>
    public const int NotEnoughEvidence = 3;

    /// <summary>A defect of gopherctl itself (EX_SOFTWARE of sysexits.h).</summary>
    public const int Defect = 70;

    /// <summary>Interrupted by Ctrl-C (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}

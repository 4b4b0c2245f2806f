namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>How much a finding matters.</summary>
internal enum Severity
{
    /// <summary>To be known; the check ends with 0.</summary>
    Warning,

    /// <summary>To be put right, or excepted with a reason; the check ends with 1.</summary>
    Error,
}

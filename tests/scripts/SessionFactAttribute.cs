namespace GopherMesh.Tests.Scripts;

/// <summary>A test of a run in a session of its own; skipped, with the reason, where no program can start one (macOS).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SessionFactAttribute : FactAttribute
{
    public SessionFactAttribute() => Skip = Reason;

    internal static string? Reason { get; } = OperatingSystem.IsLinux() ? null : "needs Linux's setsid, as the cluster tests themselves do";
}

/// <summary>As <see cref="SessionFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SessionTheoryAttribute : TheoryAttribute
{
    public SessionTheoryAttribute() => Skip = SessionFactAttribute.Reason;
}

namespace GopherMesh.Tests.Stub;

/// <summary>How the stub answers; the setting <c>Behaviour</c>, from appsettings.json (an image each) or the environment.</summary>
public enum Behaviour
{
    /// <summary>Answers what it saw of the request, as JSON.</summary>
    Echo,

    /// <summary>Answers every request with 500.</summary>
    Error,

    /// <summary>Accepts requests and never answers.</summary>
    Hang,

    /// <summary>Is healthy until its twentieth request, which ends the process.</summary>
    Crash,
}

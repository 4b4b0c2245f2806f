using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.DataPlane.Wire;

/// <summary>A request of HTTP/1.1 that may request another protocol on its connection.</summary>
internal interface IConnectionUpgradeFeature
{
    /// <summary>The requested protocol; null for none.</summary>
    string? Upgrade { get; }

    /// <summary>Answers 101 with the headers of the response, and hands over the connection.</summary>
    Task<IDuplexPipe> AcceptUpgradeAsync();
}

/// <summary>A caller that can get answers before the real one. Callers of HTTP/2 cannot: Kestrel does not send them.</summary>
internal interface IInterimResponseFeature
{
    /// <summary>Whether the request has come to its end.</summary>
    bool IsRequestComplete { get; }

    /// <summary>Sends one, with a status from 100 to 199.</summary>
    Task SendInterimAsync(int status, IHeaderDictionary headers);
}

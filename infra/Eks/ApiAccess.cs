using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Eks;

/// <summary>What has to be said of who reaches the Kubernetes API.</summary>
public static class ApiAccess
{
    /// <summary>The warning that these blocks deserve; null when there is nothing to say.</summary>
    public static string? WarningFor(IReadOnlyCollection<string> allowedCidrs) => allowedCidrs switch
    {
        { Count: 0 } =>
            "apiAllowedCidrs is empty: the Kubernetes API answers only inside the cluster's network, and pulumi up works only from there. "
            + "To work from this machine: pulumi config set --path 'apiAllowedCidrs[0]' \"$(curl -s https://checkip.amazonaws.com)/32\"",
        _ when allowedCidrs.FirstOrDefault(Cidr.IsWholeInternet) is { } open =>
            $"apiAllowedCidrs has {open}: the whole internet may try the Kubernetes API. Name your own addresses instead.",
        _ => null,
    };
}

namespace GopherMesh.Distributor;

/// <summary>The article's lines.</summary>
internal static class Greeting
{
    /// <summary>The line of a version and pod; from version 2 with 16 hexadecimal digits that are new each time.</summary>
    /// <remarks>They tell requests apart and keep no secret: a cryptographic generator would make every image need OpenSSL.</remarks>
    public static string From(DistributorSettings settings) => settings.VersionNumber == 1
        ? $"Gopher Version 1 from pod {settings.Service.Pod}\n"
        : $"Gopher Version {settings.VersionNumber} from pod {settings.Service.Pod} ({Random.Shared.GetHexString(16, lowercase: true)})\n";
}

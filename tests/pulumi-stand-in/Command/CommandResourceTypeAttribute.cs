namespace Pulumi.Command;

internal sealed class CommandResourceTypeAttribute(string type) : ResourceTypeAttribute(type, PackageVersion)
{
    public const string PackageVersion = "1.2.1";
}

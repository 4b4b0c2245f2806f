namespace Pulumi.Aws;

internal sealed class AwsResourceTypeAttribute(string type) : ResourceTypeAttribute(type, AwsOptions.Version);

/// <summary>The options that every resource of the package starts from; what the caller says wins.</summary>
internal static class AwsOptions
{
    public const string Version = "7.48.0";

    public static CustomResourceOptions For(CustomResourceOptions? options)
    {
        var merged = CustomResourceOptions.Merge(new() { Version = Version }, options);
        merged.Id = "";
        return merged;
    }

    public static T WithDefaults<T>(this T? options)
        where T : InvokeOptions, new()
    {
        options ??= new();
        options.Version ??= Version;
        return options;
    }
}

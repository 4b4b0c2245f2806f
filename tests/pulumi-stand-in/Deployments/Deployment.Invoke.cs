using System.Collections.Immutable;
using Pulumi.Serialization;

namespace Pulumi;

public sealed partial class Deployment
{
    /// <summary>
    /// Calls a function whose arguments may be outputs: unknown arguments or dependencies give an unknown result, without a call.
    /// </summary>
    internal async Task<OutputData<T>> InvokeOutputAsync<T>(string token, InvokeArgs args, InvokeOptions? options)
    {
        var (properties, dependencies) = await SerializeInvokeArgsAsync(token, args).ConfigureAwait(false);
        if (Wire.ContainsUnknowns(properties))
        {
            return OutputData.Unknown<T>(default!);
        }

        var dependsOn = options is InvokeOutputOptions outputOptions
            ? await outputOptions.DependsOn.ToOutput().GetValueAsync(whenUnknown: []).ConfigureAwait(false)
            : [];
        var resources = dependencies.SelectMany(found => found).Concat(dependsOn).ToImmutableHashSet();
        foreach (var resource in WithDescendants(resources).Union(resources).OfType<CustomResource>())
        {
            if (resource.Id is { } id && !(await id.DataTask.ConfigureAwait(false)).IsKnown)
            {
                return OutputData.Unknown<T>(default!);
            }
        }

        var data = await CallAsync<T>(token, properties, options).ConfigureAwait(false);
        return data with { Resources = resources };
    }

    internal async Task<T> InvokePlainAsync<T>(string token, InvokeArgs args, InvokeOptions? options)
    {
        var (properties, _) = await SerializeInvokeArgsAsync(token, args).ConfigureAwait(false);
        return (await CallAsync<T>(token, properties, options).ConfigureAwait(false)).Value;
    }

    private static async Task<(ImmutableDictionary<string, object?> Properties, List<HashSet<Resource>> Dependencies)> SerializeInvokeArgsAsync(
        string token, InvokeArgs args)
    {
        var inputs = (args ?? InvokeArgs.Empty).ToDictionary();
        return await SerializeAsync($"invoke:{token}", inputs, _ => true).ConfigureAwait(false);
    }

    private async Task<OutputData<T>> CallAsync<T>(string token, ImmutableDictionary<string, object?> properties, InvokeOptions? options)
    {
        var provider = options?.Provider ?? options?.Parent?.GetProvider(token);
        var reference = provider is null ? "" : await provider.ReferenceAsync().ConfigureAwait(false);
        var result = await _monitor.InvokeAsync(token, properties, reference).ConfigureAwait(false);
        return new Converter(warning => Pulumi.Log.Warn(warning)).Convert<T>($"{token} result", result);
    }
}

public class InvokeOptions
{
    public Resource? Parent { get; set; }

    public ProviderResource? Provider { get; set; }

    public string? Version { get; set; }

    public string? PluginDownloadURL { get; set; }
}

public class InvokeOutputOptions : InvokeOptions
{
    public InputList<Resource> DependsOn { get => field ??= []; set; }
}

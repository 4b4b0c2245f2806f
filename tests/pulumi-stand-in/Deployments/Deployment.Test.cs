using System.Collections.Immutable;
using System.Reflection;
using Pulumi.Testing;

namespace Pulumi;

public sealed partial class Deployment
{
    public static Task<ImmutableArray<Resource>> TestAsync<TStack>(IMocks mocks, TestOptions? options = null)
        where TStack : Stack, new()
        => TestAsync(mocks, options, CreateUnwrapped<TStack>);

    public static Task<ImmutableArray<Resource>> TestWithServiceProviderAsync<TStack>(
        IMocks mocks, IServiceProvider serviceProvider, TestOptions? options = null)
        where TStack : Stack
        => TestAsync(mocks, options, () => serviceProvider.GetService(typeof(TStack)) as TStack ?? throw new InvalidOperationException(
            $"Failed to resolve instance of type {typeof(TStack)} from service provider. " +
            "Register the type with the service provider before calling RunAsync."));

    public static async Task<(ImmutableArray<Resource> Resources, IDictionary<string, object?> Outputs)> TestAsync(
        IMocks testMocks, TestOptions testOptions, Func<Task<IDictionary<string, object?>>> createResources)
        => Split(await TestAsync(testMocks, testOptions, () => new TestStack(createResources)).ConfigureAwait(false));

    public static async Task<(ImmutableArray<Resource> Resources, IDictionary<string, object?> Outputs)> TestAsync(
        IMocks testMocks, TestOptions testOptions, Func<IDictionary<string, object?>> createResources)
        => Split(await TestAsync(testMocks, testOptions, () => new TestStack(createResources)).ConfigureAwait(false));

    public static async Task<ImmutableArray<Resource>> TestAsync(IMocks testMocks, TestOptions testOptions, Func<Task> createResources)
        => Split(await TestAsync(testMocks, testOptions, () => new TestStack(createResources)).ConfigureAwait(false)).Resources;

    public static async Task<ImmutableArray<Resource>> TestAsync(IMocks testMocks, TestOptions testOptions, Action createResources)
        => Split(await TestAsync(testMocks, testOptions, () => new TestStack(createResources)).ConfigureAwait(false)).Resources;

    /// <exception cref="RunException">The program failed; several failures come as an <see cref="AggregateException"/>.</exception>
    private static async Task<ImmutableArray<Resource>> TestAsync(IMocks mocks, TestOptions? options, Func<Stack> createStack)
    {
        var monitor = new MockMonitor(mocks);
        var deployment = new Deployment(monitor, options);
        Enter(deployment);
        await deployment.Runner.RunAsync(createStack).ConfigureAwait(false);
        return deployment.Log.Errors switch
        {
            [] => monitor.Resources,
            [var error] => throw new RunException(error),
            var errors => throw new AggregateException(errors.Select(error => new RunException(error))),
        };
    }

    private static (ImmutableArray<Resource> Resources, IDictionary<string, object?> Outputs) Split(ImmutableArray<Resource> resources)
        => (resources.RemoveAll(resource => resource is TestStack),
            resources.OfType<TestStack>().LastOrDefault()?.Outputs ?? new Dictionary<string, object?>());

    // What `new TStack()` would throw is a TargetInvocationException, not the constructor's own exception.
    private static TStack CreateUnwrapped<TStack>()
        where TStack : Stack =>
        (TStack)Activator.CreateInstance(typeof(TStack), BindingFlags.DoNotWrapExceptions, binder: null, args: null, culture: null)!;
}
